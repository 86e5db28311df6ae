//! A Kerberos realm of a test's own: a key distribution centre on the loopback, and the keys of its principals.

use std::ffi::OsStr;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tempfile::TempDir;

use crate::support::programs::Program;
use crate::support::{eventually, temp_dir, test_name, unique};

/// The server's principal, whose name as a service is [`SERVICE`].
pub(crate) const SERVER: &str = "zmq/localhost@RSZMQ.TEST";
pub(crate) const SERVICE: &str = "zmq@localhost";
pub(crate) const CLIENT: &str = "client@RSZMQ.TEST";
pub(crate) const STRANGER: &str = "stranger@RSZMQ.TEST";
/// In the realm, but nobody here has its key.
pub(crate) const GHOST: &str = "ghost@RSZMQ.TEST";

const REALM: &str = "RSZMQ.TEST";

/// Set where a test runs within the realm.
const INSIDE: &str = "RSZMQ_TEST_REALM";

/// Runs `body` within a realm, as this test once more in a process of its own: libzmq has from the environment where the realm is,
/// and the environment of a process with threads must not be changed.
pub(crate) fn in_realm(body: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return body();
    }
    if !zmq::has("gssapi") {
        return skip("libzmq has no GSSAPI");
    }
    let Some(realm) = Realm::shared() else { return };
    let mut command = Command::new(std::env::current_exe().expect("the test knows its own program"));
    command.args([&test_name(), "--exact", "--nocapture", "--test-threads=1"]).env(INSIDE, "1");
    realm.enter(&mut command);
    let lines = Program::start(command).finish();
    assert!(lines.iter().any(|line| line.contains("1 passed")), "{lines:?}");
}

/// One line that says why the test is not made here.
pub(crate) fn skip(reason: &str) {
    // Not `println!`, which the test harness holds back.
    let _ = writeln!(std::io::stderr(), "skipped: {}: {reason}", test_name());
}

/// Dropping it ends its key distribution centre and removes its files.
struct Realm {
    folder: TempDir,
    _kdc: Program,
}

impl Realm {
    /// One for all tests that run now; `None`, after one printed line, if there can be none.
    fn shared() -> Option<Arc<Self>> {
        static SHARED: Mutex<Weak<Realm>> = Mutex::new(Weak::new());
        let programs = match Programs::find() {
            Ok(programs) => programs,
            Err(missing) => {
                let required = std::env::var_os("RSZMQ_REQUIRE_INTEROP").is_some_and(|value| value != "0");
                assert!(!required, "RSZMQ_REQUIRE_INTEROP is set, and there is no {missing}");
                skip(&format!("there is no {missing}"));
                return None;
            }
        };
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let realm = shared.upgrade().unwrap_or_else(|| Arc::new(Self::make(&programs)));
        *shared = Arc::downgrade(&realm);
        Some(realm)
    }

    fn make(programs: &Programs) -> Self {
        let folder = temp_dir();
        let host = own_host();
        let port = TcpListener::bind((host, 0)).and_then(|listener| listener.local_addr()).expect("a free port").port();
        let path = folder.path().display();
        // No names are looked up: what the machine calls itself, and who answers for that, is of no interest here.
        let write = |name, text: &str| std::fs::write(folder.path().join(name), text).expect("the folder is ours");
        write(
            "krb5.conf",
            &format!(
                "[libdefaults]\n default_realm = {REALM}\n dns_lookup_realm = false\n dns_lookup_kdc = false\n \
                 dns_canonicalize_hostname = false\n rdns = false\n udp_preference_limit = 1\n\
                 [realms]\n {REALM} = {{\n  kdc = {host}:{port}\n }}\n\
                 [domain_realm]\n localhost = {REALM}\n\
                 [logging]\n kdc = FILE:{path}/kdc.log\n default = FILE:{path}/krb5.log\n"
            ),
        );
        write(
            "kdc.conf",
            &format!(
                "[kdcdefaults]\n kdc_listen = {host}:{port}\n kdc_tcp_listen = {host}:{port}\n\
                 [realms]\n {REALM} = {{\n  database_name = {path}/principal\n  key_stash_file = {path}/stash\n  \
                 acl_file = {path}/acl\n }}\n"
            ),
        );
        let run = |program: &Path, args: &[&str]| {
            let mut command = Command::new(program);
            enter(&folder, &mut command);
            let output = command.args(args).stdin(Stdio::null()).output().expect("it was found");
            assert!(output.status.success(), "{command:?}: {output:?}");
        };
        run(&programs.database, &["create", "-s", "-r", REALM, "-P", "of no use elsewhere"]);
        for principal in [SERVER, CLIENT, STRANGER, GHOST] {
            run(&programs.admin, &["-r", REALM, "-q", &format!("addprinc -randkey {principal}")]);
        }
        let keys = folder.path().join("keys");
        let with_keys = [SERVER, CLIENT, STRANGER].join(" ");
        run(&programs.admin, &["-r", REALM, "-q", &format!("ktadd -k {} {with_keys}", keys.display())]);
        assert!(keys.exists(), "kadmin.local succeeds even where it fails");

        let mut command = Command::new(&programs.centre);
        enter(&folder, &mut command);
        // It says on every start that it starts.
        command.arg("-n").stderr(Stdio::null());
        let kdc = Program::start(command);
        eventually("the key distribution centre listens", || TcpStream::connect((host, port)).ok());
        Self { folder, _kdc: kdc }
    }

    fn enter(&self, command: &mut Command) {
        enter(&self.folder, command);
    }
}

/// An address of the loopback that no other process's tests have, where there are more than one. The port is free and not kept, and
/// a centre shares it with another that asks for it, too: then each knows only half of who comes.
fn own_host() -> Ipv4Addr {
    let [more, high, middle, low] = std::process::id().to_be_bytes();
    if cfg!(target_os = "linux") && more == 0 && high < 128 {
        Ipv4Addr::new(127, 128 + high, middle, low)
    } else {
        Ipv4Addr::LOCALHOST
    }
}

/// Has the command know the realm, and no other. Server and client have one file of keys: each takes those of its principal.
fn enter(folder: &TempDir, command: &mut Command) {
    let path = folder.path().display();
    command
        .env("KRB5_CONFIG", folder.path().join("krb5.conf"))
        .env("KRB5_KDC_PROFILE", folder.path().join("kdc.conf"))
        .env("KRB5_KTNAME", format!("FILE:{path}/keys"))
        .env("KRB5_CLIENT_KTNAME", format!("FILE:{path}/keys"))
        // Each test its own: of this kind, one process can have the tickets of several principals.
        .env("KRB5CCNAME", format!("DIR:{path}/{}", unique("tickets")))
        .env("KRB5RCACHENAME", format!("file2:{path}/replays"))
        .env_remove("KRB5_TRACE");
}

struct Programs {
    centre: PathBuf,
    admin: PathBuf,
    database: PathBuf,
}

impl Programs {
    /// Or which of them is missing.
    fn find() -> Result<Self, &'static str> {
        Ok(Self { centre: find("krb5kdc")?, admin: find("kadmin.local")?, database: find("kdb5_util")? })
    }
}

fn find(name: &'static str) -> Result<PathBuf, &'static str> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Those are only on the administrator's path.
    let more = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    let programs = std::env::split_paths::<OsStr>(&path).chain(more).map(|folder| folder.join(name));
    programs.into_iter().find(|program| program.is_file()).ok_or(name)
}
