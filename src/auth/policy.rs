//! Who is let in: what an authenticator is configured with.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::access::{self, Access};
use super::address::{AddressRule, Peer};
use super::certificate::{Certificate, load_certificates};
use super::decision::Decision;
use super::zap::{Credentials, ZapRequest};
use crate::curve::CurvePublicKey;
use crate::error::{Error, Operation, Result};

/// Which clients' keys are let in; see [`Policy::configure_curve`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CurveKeys {
    /// Every key: [`CURVE_ALLOW_ANY`].
    Any,
    /// Those of the public certificates in a directory.
    Directory(PathBuf),
    /// These.
    Keys(Vec<CurvePublicKey>),
}

/// For [`Policy::configure_curve`]: every client that has some key, which is encryption, and no check of who it is.
///
/// pyzmq: `zmq.auth.CURVE_ALLOW_ANY`.
pub const CURVE_ALLOW_ANY: CurveKeys = CurveKeys::Any;

macro_rules! curve_keys {
    ($variant:ident: $($type:ty),*) => {
        $(impl From<$type> for CurveKeys {
            fn from(keys: $type) -> Self {
                Self::$variant(keys.into())
            }
        })*
    };
}

curve_keys!(Directory: &str, String, &String, &Path, PathBuf, &PathBuf);
curve_keys!(Keys: Vec<CurvePublicKey>, &[CurvePublicKey]);

impl<const N: usize> From<[CurvePublicKey; N]> for CurveKeys {
    fn from(keys: [CurvePublicKey; N]) -> Self {
        Self::Keys(keys.into())
    }
}

/// Which Kerberos principals are let in; see [`Policy::configure_gssapi`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GssapiPrincipals {
    /// Everyone whom Kerberos knows: [`GSSAPI_ALLOW_ANY`].
    Any,
    /// These.
    Principals(Vec<String>),
}

/// For [`Policy::configure_gssapi`]: every principal that Kerberos knows, as pyzmq has it.
pub const GSSAPI_ALLOW_ANY: GssapiPrincipals = GssapiPrincipals::Any;

impl<const N: usize> From<[&str; N]> for GssapiPrincipals {
    fn from(principals: [&str; N]) -> Self {
        Self::Principals(principals.map(str::to_owned).into())
    }
}

impl From<Vec<String>> for GssapiPrincipals {
    fn from(principals: Vec<String>) -> Self {
        Self::Principals(principals)
    }
}

type Callback<T> = Arc<dyn Fn(&T) -> Access + Send + Sync>;
type CurveCallback = Arc<dyn Fn(&str, &CurvePublicKey) -> Access + Send + Sync>;
type CurveUserId = Arc<dyn Fn(&CurvePublicKey) -> String + Send + Sync>;
type Log = Arc<dyn Fn(&Decision) + Send + Sync>;
type Passwords = HashMap<String, Zeroizing<Vec<u8>>>;
/// Keys, and what is known about who has them.
type KnownKeys = HashMap<CurvePublicKey, Vec<(String, Vec<u8>)>>;

#[derive(Clone)]
enum CurveRule {
    Any,
    Keys(Arc<KnownKeys>),
    Directory(Arc<PathBuf>, Arc<KnownKeys>),
    Callback(CurveCallback),
}

/// All there is to decide by. Changed as a whole: who decides by one takes another when it is replaced.
#[derive(Clone, Default)]
struct Rules {
    allowed: Vec<AddressRule>,
    denied: Vec<AddressRule>,
    plain: HashMap<String, Arc<Passwords>>,
    curve: HashMap<String, CurveRule>,
    gssapi: HashMap<String, Arc<GssapiPrincipals>>,
    callbacks: HashMap<String, Callback<ZapRequest>>,
    curve_user_id: Option<CurveUserId>,
}

#[derive(Default)]
struct Shared {
    rules: Mutex<Arc<Rules>>,
    log: Mutex<Option<Log>>,
}

/// Who is let in. It is a handle: clones are the same policy, and any thread may change it while an authenticator decides by it.
///
/// A change is in force when the call returns: no peer is let in afterwards by what was said before. Peers that are connected
/// already stay: libzmq asks only when a connection is made.
///
/// # What is decided by what
///
/// 1. The address: one that is [denied](Self::deny), or is not among those that are [allowed](Self::allow) if there are any, is out.
/// 2. A [callback](Self::configure_callback) for the domain, if there is one, decides the rest; one for `"*"` only where the domain has
///    nothing of its own for the mechanism.
/// 3. Without one it depends on the mechanism. What was not configured lets nobody in:
///
/// | mechanism | configured by | is let in |
/// | --- | --- | --- |
/// | NULL | – | everyone |
/// | PLAIN | [`configure_plain`](Self::configure_plain) | who knows the password |
/// | CURVE | [`configure_curve`](Self::configure_curve), [`configure_curve_callback`](Self::configure_curve_callback) | who has a known key |
/// | GSSAPI | [`configure_gssapi`](Self::configure_gssapi) | who is a known principal |
///
/// # Domains
///
/// A domain is what the server's socket was given with [`set_zap_domain`](crate::Socket::set_zap_domain). What is configured for `"*"`
/// counts for sockets without a domain and for every domain that has nothing of its own (in pyzmq only for the former).
#[derive(Clone, Default)]
pub struct Policy(Arc<Shared>);

/// Does what is not this crate's, and goes on if that panics: an authenticator that ended by it would let everyone in.
fn unharmed(work: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(work)) {
        // What it panicked with may panic when it is dropped, and what that panics with, too: there it is left.
        if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
            std::mem::forget(again);
        }
    }
}

/// What is locked is replaced in one step, so it is whole even if a thread panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is configured for the domain, or for all.
fn for_domain<'a, T>(configured: &'a HashMap<String, T>, domain: &str) -> Option<&'a T> {
    configured.get(domain).filter(|_| !domain.is_empty()).or_else(|| configured.get("*"))
}

/// `""` is what a socket without a domain has; there is no domain of that name.
fn domain_name(domain: &str) -> String {
    if domain.is_empty() { "*" } else { domain }.to_owned()
}

fn known(certificates: Vec<Certificate>) -> Arc<KnownKeys> {
    let about = |certificate: &Certificate| {
        let metadata = certificate.metadata().iter();
        let pairs = metadata.map(|(name, value)| (name.clone(), value.clone().into_bytes()));
        pairs.filter(|(name, value)| access::check_metadata(name, value).is_ok()).collect()
    };
    let mut known: KnownKeys =
        certificates.iter().map(|certificate| (*certificate.public_key(), about(certificate))).collect();
    // What libzmq has from here comes before what a peer says about itself. So that nobody gives itself what only others have, each
    // has every name, if with nothing.
    let names: BTreeSet<String> = known.values().flatten().map(|(name, _)| name.clone()).collect();
    for metadata in known.values_mut() {
        for name in &names {
            if !metadata.iter().any(|(own, _)| own == name) {
                metadata.push((name.clone(), Vec::new()));
            }
        }
    }
    Arc::new(known)
}

impl Policy {
    /// One that lets in who shows nothing, and nobody else.
    pub fn new() -> Self {
        Self::default()
    }

    fn change(&self, change: impl FnOnce(&mut Rules)) {
        // Who decides by the old rules holds them, and so gets to see that there are new ones.
        change(Arc::make_mut(&mut lock(&self.0.rules)));
    }

    /// Lets in only peers from these addresses, and those allowed before: an address (`192.0.2.7`, `2001:db8::7`), a network
    /// (`192.0.2.0/24`), or `localhost`, which is whoever connects by `ipc` or over the loopback interface; `localhost:1000` is the user of that number by `ipc`,
    /// `localhost:1000:100:4711` user, group and process. With PLAIN, CURVE and GSSAPI they still have to show who they are.
    ///
    /// ```
    /// let policy = zmq::auth::Policy::new();
    /// policy.allow(["127.0.0.1", "192.0.2.0/24"])?;
    /// policy.deny(["192.0.2.13"])?;                          // pyzmq has either or; here denied is denied
    /// # Ok::<(), zmq::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for what is no address; nothing is changed then.
    ///
    /// pyzmq: `Authenticator.allow`.
    pub fn allow<A: fmt::Display>(&self, addresses: impl IntoIterator<Item = A>) -> Result<()> {
        let rules = address_rules(addresses)?;
        self.change(|all| all.allowed.extend(rules));
        Ok(())
    }

    /// Lets in no peer from these addresses, whatever else is said about it; see [`allow`](Self::allow) for how they are written.
    /// Once something is denied, so are peers whose address is not known.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for what is no address; nothing is changed then.
    ///
    /// pyzmq: `Authenticator.deny`.
    pub fn deny<A: fmt::Display>(&self, addresses: impl IntoIterator<Item = A>) -> Result<()> {
        let rules = address_rules(addresses)?;
        self.change(|all| all.denied.extend(rules));
        Ok(())
    }

    /// Forgets all that was [allowed](Self::allow) and [denied](Self::deny): every address may try again.
    pub fn clear_addresses(&self) {
        self.change(|all| {
            all.allowed.clear();
            all.denied.clear();
        });
    }

    /// Lets in, by PLAIN, who knows one of these passwords, instead of those configured for the domain before.
    ///
    /// PLAIN sends them in clear text: it is for networks that are safe already. They are compared in constant time, and wiped from
    /// memory when they are replaced.
    ///
    /// ```
    /// let policy = zmq::auth::Policy::new();
    /// policy.configure_plain("*", [("admin", "secret")]);
    /// ```
    ///
    /// pyzmq: `Authenticator.configure_plain`.
    pub fn configure_plain<U: Into<String>, P: AsRef<[u8]>>(
        &self,
        domain: &str,
        passwords: impl IntoIterator<Item = (U, P)>,
    ) {
        let passwords = passwords.into_iter();
        let passwords = passwords.map(|(user, password)| (user.into(), Zeroizing::new(password.as_ref().to_vec())));
        let passwords = Arc::new(passwords.collect());
        self.change(|rules| drop(rules.plain.insert(domain_name(domain), passwords)));
    }

    /// Lets in, by CURVE, who has one of these keys, instead of what was configured for the domain before: those of the public
    /// certificates in a directory (see [`load_certificates`]), keys, or [`CURVE_ALLOW_ANY`].
    ///
    /// The directory is read now, and again by [`reload`](Self::reload) or another call of this. What a certificate's metadata says becomes
    /// properties of the peer's messages; what only another certificate says is there, too, and empty, so that no peer can claim it.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let public_keys = dir.path();
    /// let policy = zmq::auth::Policy::new();
    /// policy.configure_curve("*", public_keys)?;
    /// policy.configure_curve("open", zmq::auth::CURVE_ALLOW_ANY)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`load_certificates`]; nothing is changed then.
    ///
    /// pyzmq: `Authenticator.configure_curve`, which logs the error instead.
    pub fn configure_curve(&self, domain: &str, keys: impl Into<CurveKeys>) -> Result<()> {
        let rule = match keys.into() {
            CurveKeys::Any => CurveRule::Any,
            CurveKeys::Keys(keys) => CurveRule::Keys(Arc::new(keys.into_iter().map(|key| (key, Vec::new())).collect())),
            CurveKeys::Directory(path) if path.as_os_str() == "*" => {
                let error = Error::invalid(Operation::Authenticator, "for every key there is CURVE_ALLOW_ANY");
                return Err(error.with_target("configure_curve \"*\""));
            }
            CurveKeys::Directory(path) => {
                let keys = known(load_certificates(&path)?);
                CurveRule::Directory(Arc::new(path), keys)
            }
        };
        self.change(|rules| drop(rules.curve.insert(domain_name(domain), rule)));
        Ok(())
    }

    /// Lets in, by CURVE, whose key the function says yes to, instead of what was configured for the domain before. It gets the
    /// domain and the key, and answers a `bool` or an [`Access`].
    ///
    /// If it panics the peer is not let in (500), and nothing else happens. While it runs others wait: it should not take long. It
    /// may change the policy; it is then asked again.
    ///
    /// ```
    /// # let (public_key, _) = zmq::curve_keypair()?;
    /// let policy = zmq::auth::Policy::new();
    /// policy.configure_curve_callback("*", move |_domain, key| *key == public_key);
    /// # Ok::<(), zmq::Error>(())
    /// ```
    ///
    /// pyzmq: `Authenticator.configure_curve_callback`.
    pub fn configure_curve_callback<A: Into<Access>>(
        &self,
        domain: &str,
        callback: impl Fn(&str, &CurvePublicKey) -> A + Send + Sync + 'static,
    ) {
        let callback = Arc::new(move |domain: &str, key: &CurvePublicKey| callback(domain, key).into());
        self.change(|rules| drop(rules.curve.insert(domain_name(domain), CurveRule::Callback(callback))));
    }

    /// Lets in, by GSSAPI, these principals, or everyone whom Kerberos knows with [`GSSAPI_ALLOW_ANY`], instead of what was configured
    /// for the domain before.
    ///
    /// pyzmq: `Authenticator.configure_gssapi`; there everyone is let in also without it.
    pub fn configure_gssapi(&self, domain: &str, principals: impl Into<GssapiPrincipals>) {
        let principals = Arc::new(principals.into());
        self.change(|rules| drop(rules.gssapi.insert(domain_name(domain), principals)));
    }

    /// Has a function decide about all peers of a domain, whatever their mechanism, once their address is allowed. For passwords in
    /// a database, say.
    ///
    /// What [`configure_curve_callback`](Self::configure_curve_callback) says about the function is true here, too. It may change the policy,
    /// if it has a clone of it; then the two keep each other in memory until the function is replaced.
    ///
    /// ```
    /// use zmq::auth::{Access, Credentials, Policy};
    ///
    /// let policy = Policy::new();
    /// policy.configure_callback("admin", |request| match &request.credentials {
    ///     Credentials::Plain { username, password } if username == "root" && **password == *b"secret" => {
    ///         Access::allow().metadata("Role", "admin")
    ///     }
    ///     _ => Access::deny("only root"),
    /// });
    /// ```
    pub fn configure_callback<A: Into<Access>>(
        &self,
        domain: &str,
        callback: impl Fn(&ZapRequest) -> A + Send + Sync + 'static,
    ) {
        let callback: Callback<ZapRequest> = Arc::new(move |request: &ZapRequest| callback(request).into());
        self.change(|rules| drop(rules.callbacks.insert(domain_name(domain), callback)));
    }

    /// Makes the user id of a peer from its key. Without it that is the key as Z85.
    ///
    /// pyzmq: `Authenticator.curve_user_id`, which is overridden there.
    pub fn set_curve_user_id(&self, user_id: impl Fn(&CurvePublicKey) -> String + Send + Sync + 'static) {
        self.change(|rules| rules.curve_user_id = Some(Arc::new(user_id)));
    }

    /// Reads the directories of certificates again. Who is gone from them is not let in any more, who is new is.
    ///
    /// # Errors
    ///
    /// As for [`load_certificates`]; nothing is changed then.
    pub fn reload(&self) -> Result<()> {
        let now = Arc::clone(&lock(&self.0.rules));
        let mut read: HashMap<Arc<PathBuf>, Arc<KnownKeys>> = HashMap::new();
        for rule in now.curve.values() {
            if let CurveRule::Directory(path, _) = rule {
                if !read.contains_key(path) {
                    read.insert(Arc::clone(path), known(load_certificates(&**path)?));
                }
            }
        }
        drop(now);
        self.change(|rules| {
            for rule in rules.curve.values_mut() {
                if let CurveRule::Directory(path, keys) = rule {
                    // Another directory may have been configured meanwhile; that one is up to date.
                    if let Some(new) = read.get(path) {
                        *keys = Arc::clone(new);
                    }
                }
            }
        });
        Ok(())
    }

    /// Has a function told each decision, once it was answered. Only one: it replaces the one before.
    ///
    /// ```
    /// let policy = zmq::auth::Policy::new();
    /// policy.set_log(|decision| eprintln!("{decision}"));
    /// ```
    ///
    /// pyzmq: the `log` of an `Authenticator`.
    pub fn set_log(&self, log: impl Fn(&Decision) + Send + Sync + 'static) {
        *lock(&self.0.log) = Some(Arc::new(log));
    }

    /// What is decided about a request.
    pub fn decide(&self, request: &ZapRequest) -> Access {
        let rules = Arc::clone(&lock(&self.0.rules));
        rules.decide(request)
    }

    /// Decides, and hands the decision over while it is in force: nobody can change the policy in between. `request` is the reason
    /// why there is none, if there is none.
    pub(super) fn decide_and<T>(
        &self,
        request: &std::result::Result<ZapRequest, &'static str>,
        answer: impl FnOnce(&Access) -> T,
    ) -> T {
        /// As often as a callback may change the policy that it is part of.
        const TRIES: usize = 16;
        let request = match request {
            Ok(request) => request,
            Err(reason) => {
                let answered = answer(&Access::deny(*reason));
                self.tell(&Decision::malformed(reason));
                return answered;
            }
        };
        for _ in 0..TRIES {
            let rules = Arc::clone(&lock(&self.0.rules));
            let access = rules.decide(request);
            let now = lock(&self.0.rules);
            if Arc::ptr_eq(&rules, &now) {
                let answered = answer(&access);
                drop(now);
                unharmed(|| drop(rules));
                self.tell(&Decision::new(request, &access));
                return answered;
            }
            drop(now);
            // They were replaced meanwhile: these may be the last of them, and then what the callbacks own is dropped here.
            unharmed(|| drop(rules));
        }
        let access = Access::retry_later("The policy changes all the time");
        let answered = answer(&access);
        self.tell(&Decision::new(request, &access));
        answered
    }

    fn tell(&self, decision: &Decision) {
        let log = lock(&self.0.log).clone();
        if let Some(log) = log {
            // It was only to be told.
            unharmed(|| log(decision));
        }
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = Arc::clone(&lock(&self.0.rules));
        fn domains<T>(configured: &HashMap<String, T>) -> Vec<&String> {
            configured.keys().collect()
        }
        f.debug_struct("Policy")
            .field("allowed", &rules.allowed)
            .field("denied", &rules.denied)
            .field("plain", &domains(&rules.plain))
            .field("curve", &domains(&rules.curve))
            .field("gssapi", &domains(&rules.gssapi))
            .field("callbacks", &domains(&rules.callbacks))
            .finish_non_exhaustive()
    }
}

fn address_rules<A: fmt::Display>(addresses: impl IntoIterator<Item = A>) -> Result<Vec<AddressRule>> {
    addresses.into_iter().map(|address| AddressRule::parse(&address.to_string())).collect()
}

impl Rules {
    fn decide(&self, request: &ZapRequest) -> Access {
        // A callback that panics leaves nothing of ours half done; what is its own is its own affair.
        let decided = catch_unwind(AssertUnwindSafe(|| {
            let access = self.check_address(&request.address).unwrap_or_else(|| self.check(request));
            access.checked(|| self.user_id(&request.credentials))
        }));
        decided.unwrap_or_else(|panic| {
            unharmed(|| drop(panic));
            Access::fail("The callback panicked")
        })
    }

    /// `None` if the address may try.
    fn check_address(&self, address: &str) -> Option<Access> {
        if self.denied.is_empty() && self.allowed.is_empty() {
            return None;
        }
        let peer = Peer::parse(address);
        if self.denied.iter().any(|rule| rule.may_match(peer)) {
            return Some(Access::deny("Address denied"));
        }
        if !self.allowed.is_empty() && !self.allowed.iter().any(|rule| rule.matches(peer)) {
            return Some(Access::deny("Address not allowed"));
        }
        None
    }

    fn check(&self, request: &ZapRequest) -> Access {
        if let Some(callback) = self.callback(request) {
            return callback(request);
        }
        match &request.credentials {
            Credentials::Null => Access::allow(),
            Credentials::Plain { username, password } => self.check_plain(&request.domain, username, password),
            Credentials::Curve(key) => self.check_curve(&request.domain, key),
            Credentials::Gssapi(principal) => match for_domain(&self.gssapi, &request.domain).map(|known| &**known) {
                None => Access::deny("Unknown domain"),
                Some(GssapiPrincipals::Any) => Access::allow(),
                Some(GssapiPrincipals::Principals(known)) if known.contains(principal) => Access::allow(),
                Some(GssapiPrincipals::Principals(_)) => Access::deny("Unknown principal"),
            },
            Credentials::Other { .. } => Access::deny("Unknown mechanism"),
        }
    }

    /// The callback that decides: the domain's own, or that for all, if the domain has nothing of its own.
    fn callback(&self, request: &ZapRequest) -> Option<&Callback<ZapRequest>> {
        let domain = &request.domain;
        let own_rule = match request.credentials {
            Credentials::Plain { .. } => self.plain.contains_key(domain),
            Credentials::Curve(_) => self.curve.contains_key(domain),
            Credentials::Gssapi(_) => self.gssapi.contains_key(domain),
            _ => false,
        };
        if own_rule { self.callbacks.get(domain) } else { for_domain(&self.callbacks, domain) }
    }

    fn check_plain(&self, domain: &str, username: &str, password: &[u8]) -> Access {
        let Some(passwords) = for_domain(&self.plain, domain) else { return Access::deny("Unknown domain") };
        match passwords.get(username) {
            None => Access::deny("Invalid username"),
            Some(known) if bool::from(known.ct_eq(password)) => Access::allow(),
            Some(_) => Access::deny("Invalid password"),
        }
    }

    fn check_curve(&self, domain: &str, key: &CurvePublicKey) -> Access {
        match for_domain(&self.curve, domain) {
            None => Access::deny("Unknown domain"),
            Some(CurveRule::Any) => Access::allow(),
            Some(CurveRule::Callback(callback)) => callback(domain, key),
            Some(CurveRule::Keys(keys) | CurveRule::Directory(_, keys)) => match keys.get(key) {
                None => Access::deny("Unknown key"),
                Some(about) => about
                    .iter()
                    .fold(Access::allow(), |access, (name, value)| access.metadata(name.clone(), value.clone())),
            },
        }
    }

    fn user_id(&self, credentials: &Credentials) -> String {
        match (credentials, &self.curve_user_id) {
            (Credentials::Curve(key), Some(user_id)) => user_id(key),
            (credentials, _) => credentials.identity().unwrap_or_else(|| "anonymous".to_owned()),
        }
    }
}
