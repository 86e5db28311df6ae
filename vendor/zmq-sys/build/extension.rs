//! The optional C libraries that extend the bundled libzmq: found by pkg-config, never built here.

use pkg_config::{Config, Library};

use crate::platform::Define;

/// A feature that needs an installed C library.
#[derive(Debug)]
pub(crate) struct Extension {
    /// The Cargo feature, which is also the name that `zmq_has` knows.
    pub(crate) feature: &'static str,
    /// What the library is called.
    library: &'static str,
    /// Its pkg-config names, the preferred one first.
    packages: &'static [&'static str],
    /// What to install.
    install: &'static str,
    /// What tells libzmq to use it.
    pub(crate) defines: &'static [Define],
}

/// All of them.
pub(crate) const EXTENSIONS: [Extension; 3] = [
    Extension {
        feature: "pgm",
        library: "OpenPGM",
        packages: &["openpgm-5.3", "openpgm-5.2"],
        install: "apt: libpgm-dev, dnf: openpgm-devel, brew: libpgm",
        defines: &[("ZMQ_HAVE_OPENPGM", "1")],
    },
    Extension {
        feature: "norm",
        library: "NORM",
        packages: &["norm"],
        install: "apt: libnorm-dev, dnf: norm-devel, brew: norm",
        defines: &[("ZMQ_HAVE_NORM", "1")],
    },
    Extension {
        feature: "gssapi",
        library: "GSSAPI from MIT Kerberos",
        packages: &["krb5-gssapi", "mit-krb5-gssapi"],
        install: "apt: libkrb5-dev, dnf: krb5-devel, brew: krb5",
        defines: &[("HAVE_LIBGSSAPI_KRB5", "1"), ("HAVE_GSSAPI_GSSAPI_GENERIC_H", "1")],
    },
];

impl Extension {
    /// Whether its feature is on.
    #[must_use]
    pub(crate) fn is_enabled(&self) -> bool {
        let enabled =
            [("pgm", cfg!(feature = "pgm")), ("norm", cfg!(feature = "norm")), ("gssapi", cfg!(feature = "gssapi"))];
        enabled.contains(&(self.feature, true))
    }

    /// Finds the library; [`Extension::link`] then links it.
    ///
    /// # Errors
    ///
    /// Returns what to install where pkg-config does not know it.
    pub(crate) fn find(&self) -> Result<Library, String> {
        let mut config = Config::new();
        config.cargo_metadata(false);
        self.packages.iter().find_map(|package| config.probe(package).ok()).ok_or_else(|| {
            format!(
                "feature `{}` needs {}, which pkg-config does not find as {}. Install it with pkg-config ({}), or turn \
                 the feature off.",
                self.feature,
                self.library,
                self.packages.join(" or "),
                self.install
            )
        })
    }

    /// Prints the link lines: after those of libzmq, which calls it.
    pub(crate) fn link(&self) {
        let config = Config::new();
        // Found before, so one of them is there.
        let _found = self.packages.iter().find_map(|package| config.probe(package).ok());
    }
}
