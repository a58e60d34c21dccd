//! The one place that knows every room: builds them from the configuration, and stops them in order.

mod accounts;
mod books;
mod caretaker;
mod courier;
mod estate;
mod front;
mod gate;
mod laid;
mod output;
mod panel;
mod papers;
mod presets;
mod retention;
mod routine;
mod self_test;
mod stations;
mod studio;
mod updates;
mod uploads;

use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use smol_str::SmolStr;
use tokio::sync::watch;

use crate::api::accounts::secret::Secret;
use crate::api::{self, Api};
use crate::color::{LinkCache, MAX_PROFILE_BYTES};
use crate::config::{self, Config};
use crate::door::{Door, Sockets};
use crate::intake::{Intake, Preset};
use crate::ipp::{self, Exchange};
use crate::model::{Pool, PrinterId, PrinterIdError, Timestamp};
use crate::panel::{Machine, Panel, Pins, Remote};
use crate::press::PressLimits;
use crate::queue::{Queue, QueueSettings};
use crate::spool::{Spool, SpoolError, SpoolLimits};
use crate::store::{Store, StoreError};
use crate::system::machine::ask::Service;
use crate::system::service;
use crate::system::update::Updates;
use crate::tls::{Identity, TlsError};
use crate::watch::{Addresses, Webhooks};
use crate::web;

use courier::{HouseCourier, PressInspector, StandardProfiles};
use front::{Front, Redirect};
use gate::Gated;

/// Colour links that are kept: for each of two printers a few papers, and pictures in three spaces.
const LINKS: usize = 16;
/// How long a document on its way may take to arrive after a stop was asked.
const GRACE: Duration = Duration::from_secs(10);
/// Where the machine's own service answers.
const ANSWERS: &str = "/run/platen-machine";
/// How often it is looked whether the certificate is due; often, because a clock may be put right at any time.
const RENEWAL: Duration = Duration::from_secs(60 * 60);

/// Why the appliance can't start: one line, what to do, and an exit code of sysexits(3).
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The state folder can't be made or written.
    #[error("the state folder {path} can't be used: {what}. Choose another one with --data")]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        what: String,
    },
    /// The database refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A port is taken or an address is not ours.
    #[error("{address} can't be listened on: {what}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why, and what to do.
        what: String,
    },
    /// There is no TLS identity.
    #[error("TLS: {0}")]
    Tls(#[from] TlsError),
    /// Something that the configuration names is not right.
    #[error("{0}")]
    Config(String),
    /// The version that was tried is left.
    #[error("this version is left for the one before: {0}")]
    Left(SmolStr),
}

impl StartError {
    /// EX_CANTCREAT 73, EX_UNAVAILABLE 69, EX_CONFIG 78, EX_DATAERR 65, EX_TEMPFAIL 75 of sysexits(3).
    pub fn exit_code(&self) -> u8 {
        match self {
            StartError::Folder { .. } => 73,
            StartError::Store(StoreError::Newer { .. } | StoreError::Damaged { .. }) => 65,
            StartError::Store(_) => 73,
            StartError::Tls(TlsError::Damaged { .. }) => 65,
            StartError::Tls(_) => 73,
            StartError::Listen { .. } => 69,
            StartError::Config(_) => 78,
            StartError::Left(_) => 75,
        }
    }
}

impl From<PrinterIdError> for StartError {
    fn from(error: PrinterIdError) -> Self {
        StartError::Config(error.to_string())
    }
}

/// Platen at work.
pub struct Appliance {
    store: Store,
    queue: Arc<Queue>,
    door: Door,
    /// For people and programs; and the one that sends them there.
    web: Vec<Door>,
    /// Lets old documents go.
    retention: tokio::task::JoinHandle<()>,
    /// Keeps the certificate young.
    renewal: tokio::task::JoinHandle<()>,
    /// Tells webhooks.
    webhooks: tokio::task::JoinHandle<()>,
    /// Looks at itself, brings itself up to date.
    updates: updates::Tasks,
    /// Shows on the panel what claims the house.
    setup: Option<tokio::task::JoinHandle<()>>,
    /// Feeds systemd's watchdog, where there is one.
    watchdog: Option<tokio::task::JoinHandle<()>>,
    data: PathBuf,
    printers: Vec<(PrinterId, SmolStr, SmolStr)>,
    presets: Arc<[Arc<Preset>]>,
    api: Api,
    setup_code: Option<Secret>,
    /// What the panel is told of the machine.
    machine: watch::Sender<Machine>,
    panel: Option<Panel>,
    pools: Vec<Pool>,
}

impl Appliance {
    /// Builds every room and opens the doors last. A new version of an appliance that can't do that leaves for the one
    /// before.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(config: &Config) -> Result<Appliance, StartError> {
        let mut begun = None;
        let started = Self::start_with(config, &mut begun).await;
        if let (Err(error), Some(begun)) = (&started, begun) {
            begun.give_up(&error.to_string()).await;
        }
        started
    }

    /// What is begun of updates is taken out of there by whoever goes on with it.
    async fn start_with(config: &Config, begun: &mut Option<updates::Begun>) -> Result<Appliance, StartError> {
        // What the configuration names is looked at before anything is made.
        let stock = papers::papers(config)?;
        presets::presets(config)?;
        let papers = config.printers.iter().map(stations::configured_papers);
        let papers = papers.collect::<Result<_, _>>()?;
        let pins = config.panel.as_ref().map(|panel| Pins::read(&panel.pins)).transpose();
        let pins = pins.map_err(|error| StartError::Config(error.to_string()))?;
        let pools = config.named_pools().map_err(StartError::Config)?;
        let data = make_folder(&config.data)?;
        // Ports first: whoever runs a second Platen by mistake hears of the port, and nothing is touched.
        let listeners = bind(&config.ipp.listen)?;
        let web = (bind(&config.web.listen)?, bind(&config.web.redirect)?);

        *begun = updates::begin(&config.updates, &data, boot());
        if let Some(why) = begun.as_ref().and_then(updates::Begun::has_given_up) {
            return Err(StartError::Left(why));
        }
        let is_trial = begun.as_ref().is_some_and(updates::Begun::is_trial);
        let (gate, is_open) = watch::channel(!is_trial);
        let database = data.join("platen.db");
        let store = Store::open_as(
            &database,
            begun.as_ref().map(updates::Begun::opening).unwrap_or_default(),
        )?;
        let limits = SpoolLimits {
            document_bytes: config.spool.document_bytes,
            free_floor: config.spool.free_floor_bytes,
        };
        let spool = Spool::open(&data.join("spool"), limits).map_err(|e| folder_error(&data, &e))?;
        let profiles = open_profiles(&data, &store).await?;
        let printers = configured_printers(config)?;
        store.set_printers(printers.clone(), Timestamp::now()).await?;
        store.set_pools(pools.clone()).await?;
        store.set_papers(stock, Timestamp::now()).await?;
        let house = Arc::new(estate::House::open(config, papers, &data, store.clone(), profiles.clone()).await?);
        let settings = house.live.settings.subscribe();
        // Their files go with those that no job has.
        let history = retention::retention(&settings.borrow());
        retention::write_down(&store, &history, Timestamp::now()).await?;
        let kept = store.digests().await?;
        match spool.sweep(&kept) {
            Ok(0) => {}
            Ok(n) => log::info!("{n} documents without a job were removed from the spool"),
            Err(error) => log::warn!("the spool could not be swept: {error}"),
        }

        match spool.sweep_partials(&store.upload_ids().await?) {
            Ok(0) => {}
            Ok(n) => log::info!("{n} uploads that nobody knows any more were removed from the spool"),
            Err(error) => log::warn!("the uploads could not be swept: {error}"),
        }
        let limits = PressLimits {
            pixels: config.press.pixels,
            side: config.press.side,
            memory: config.press.memory,
            scratch: data.join("scratch"),
        };
        let courier = Arc::new(HouseCourier {
            stations: house.stations.clone(),
            spool: spool.clone(),
            limits: limits.clone(),
            links: Arc::new(LinkCache::new(LINKS)),
            workers: std::thread::available_parallelism().map_or(1, |n| n.get().min(4)),
            standard: StandardProfiles::new(),
            templates: laid::Templates::of(api::estate::Estate::templates(&*house)),
        });
        let ids = store.printers().await?.into_iter().map(|printer| printer.id).collect();
        let kept = retention::keep(store.clone(), spool.clone(), settings);
        let settings = QueueSettings {
            windows: config.rules().map_err(StartError::Config)?,
            boot: boot(),
            books: Arc::new(books::HouseBooks),
            profiles: house.stations.profiles(),
            is_held: is_trial,
            ..QueueSettings::default()
        };
        let queue = Arc::new(Queue::start(store.clone(), courier.clone(), ids, settings).await?);
        let intake = Intake::new(
            store.clone(),
            spool,
            Arc::new(PressInspector(limits)),
            config.ipp.jobs_per_user,
        );
        let uploads = uploads::keep(intake.clone());
        let retention = tokio::spawn(async move {
            tokio::join!(kept, uploads);
        });

        let uuid = store
            .setting_or("printer-uuid", || uuid::Uuid::new_v4().to_string())
            .await?;
        let identity = Arc::new(Identity::open(&data, Timestamp::now())?);
        let allowed = match config.webhooks.private {
            true => Addresses::Any,
            false => Addresses::Public,
        };
        let requests = std::env::var_os("RUNTIME_DIRECTORY").map(PathBuf::from);
        let service = Arc::new(Service::new(requests, ANSWERS));
        let updates = match begun.take() {
            Some(begun) => begun.with(store.clone(), queue.clone(), uuid.as_str().into()),
            None => Updates::none(),
        };
        let api = Api::new(api::Rooms {
            settings: api::Settings {
                idle: Duration::from_secs(config.web.idle_seconds),
                document_bytes: config.spool.document_bytes,
                documents_per_job: config.ipp.documents_per_job,
                webhooks: allowed,
            },
            open: crate::api::open_jobs(),
            machine: service.clone(),
            updates: updates.clone(),
            studio: api::studio::Studio::new(Arc::new(studio::PressStudio::new(courier, &data))),
            store: store.clone(),
            intake: intake.clone(),
            queue: queue.clone(),
            estate: house.clone(),
            profiles,
            kept: api::Kept::default(),
            accounts: api::accounts::Accounts::new(accounts::issuer(&config.oauth)?),
        });
        let courier = Webhooks {
            store: store.clone(),
            allowed,
            tell: Arc::new(api::told),
            nudge: api.nudge.clone(),
        };
        let settings = ipp::Settings {
            head: Duration::from_secs(config.ipp.head_seconds),
            idle: Duration::from_secs(config.ipp.idle_seconds),
            multiple_operation_time_out: config.ipp.multiple_operation_time_out,
            attribute_bytes: config.ipp.attribute_bytes,
            documents_per_job: config.ipp.documents_per_job,
            operators: house.live.operators.subscribe(),
            document_bytes: config.spool.document_bytes,
            side: config.press.side,
            announce: config.ipp.announce,
            tls: true,
            uuid: uuid.parse().unwrap_or_else(|_| uuid::Uuid::nil()),
            authenticator: accounts::authenticator(config.ipp.authentication, &api),
            presets: house.live.presets.subscribe(),
        };
        let exchange = Exchange::new(settings, store.clone(), intake, queue.clone());
        let sockets = Sockets {
            connections: config.ipp.connections,
            head: Duration::from_secs(config.ipp.head_seconds),
            tls: Some(identity.acceptor()?),
        };
        let gated = Gated {
            inner: exchange.clone(),
            is_open: is_open.clone(),
        };
        let mut door = Door::open(listeners, sockets, &gated);
        exchange.announce(&mut door);
        let setup_code = api
            .setup_code()
            .await
            .map_err(|e| StartError::Config(e.detail.to_string()))?;
        let web = open_web(&config.web, web, api.clone(), &identity, is_open)?;
        let doors = estate::Doors {
            ipp: door.addresses().to_vec(),
            web: web.first().map_or(Vec::new(), |door| door.addresses().to_vec()),
            identity: identity.clone(),
        };
        house.begin(queue.clone(), doors);
        let watchdog = service::watchdog().map(|within| tokio::spawn(feed(store.clone(), queue.clone(), within)));
        let (machine, around) = watch::channel(panel::machine(door.addresses()));
        let caretaker = Arc::new(caretaker::House {
            service,
            store: store.clone(),
        });
        let panel = pins.map(|pins| panel::start(&pins, &store, &queue, around, caretaker));
        panel.iter().for_each(|panel| house.show(panel.remote()));
        let setup = panel
            .is_some()
            .then(|| tokio::spawn(caretaker::show_setup_code(api.clone(), machine.clone())));
        let parts = self_test::Parts {
            store: store.clone(),
            queue: queue.clone(),
            ipp: door.addresses().to_vec(),
            ipp_is_closed: config.ipp.authentication != config::Authentication::None,
            web: web
                .first()
                .and_then(|door| Some((*door.addresses().first()?, identity.certificate().sha256))),
            panel: panel.as_ref().map(Panel::remote),
        };
        let updates = updates::run(updates, parts, (database, gate), machine.clone());
        Ok(Appliance {
            store,
            queue,
            watchdog,
            door,
            web,
            retention,
            renewal: tokio::spawn(keep_renewed(identity)),
            webhooks: tokio::spawn(courier.run()),
            updates,
            setup,
            data,
            printers,
            presets: house.live.presets.borrow().clone(),
            api,
            setup_code,
            machine,
            panel,
            pools,
        })
    }

    /// Where the IPP door listens.
    pub fn addresses(&self) -> &[SocketAddr] {
        self.door.addresses()
    }

    /// Where the door for people and programs listens.
    pub fn web_addresses(&self) -> &[SocketAddr] {
        self.web.first().map_or(&[], Door::addresses)
    }

    /// What claims the appliance, where nobody had when it started. Not for the log.
    pub fn setup_code(&self) -> Option<&str> {
        self.setup_code.as_ref().map(Secret::reveal)
    }

    /// The state folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The printers of the configuration: short name, name, address.
    pub fn printers(&self) -> &[(PrinterId, SmolStr, SmolStr)] {
        &self.printers
    }

    /// The operations.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// The named pools.
    pub fn pools(&self) -> &[Pool] {
        &self.pools
    }

    /// The presets that there were at the start.
    pub fn presets(&self) -> &[Arc<Preset>] {
        &self.presets
    }

    /// The front panel, where there is one, for whoever shows it elsewhere.
    pub fn panel(&self) -> Option<Remote> {
        self.panel.as_ref().map(Panel::remote)
    }

    /// Where to tell what the panel shall know of the machine: its addresses, its updates.
    pub fn machine(&self) -> &watch::Sender<Machine> {
        &self.machine
    }

    /// Stops: doors first, then the queue, then the store.
    pub async fn stop(self) {
        if let Some(watchdog) = self.watchdog {
            watchdog.abort();
        }
        self.updates.stop();
        if let Some(setup) = self.setup {
            setup.abort();
        }
        self.renewal.abort();
        self.webhooks.abort();
        self.retention.abort();
        if let Some(panel) = self.panel {
            panel.stop().await;
        }
        let doors = std::iter::once(self.door).chain(self.web);
        let mut closing: tokio::task::JoinSet<()> = doors.map(|door| door.close(Duration::from_secs(2))).collect();
        while closing.join_next().await.is_some() {}
        self.queue.stop(GRACE).await;
        self.store.close().await;
    }
}

/// Opens the door for people and programs, and the one in the open that sends them there.
fn open_web(
    config: &config::Web,
    (listeners, redirect): (Vec<std::net::TcpListener>, Vec<std::net::TcpListener>),
    api: Api,
    identity: &Arc<Identity>,
    is_open: watch::Receiver<bool>,
) -> Result<Vec<Door>, StartError> {
    if listeners.is_empty() {
        return Ok(Vec::new());
    }
    let sockets = Sockets {
        connections: config.connections,
        head: Duration::from_secs(config.head_seconds),
        tls: Some(identity.acceptor()?),
    };
    let exchange = api::Exchange::new(api.clone()).map_err(StartError::Config)?;
    let web = web::Exchange::new(api.clone()).map_err(StartError::Config)?;
    let gated = Gated {
        inner: Front { api: exchange, web },
        is_open,
    };
    let mut door = Door::open(listeners, sockets.clone(), &gated);
    door.beside(|mut closing| async move {
        let _ = closing.wait_for(|closing| *closing).await;
        api.end_streams();
    });
    let port = door.addresses().first().map(SocketAddr::port);
    let open = Sockets { tls: None, ..sockets };
    Ok(vec![door, Door::open(redirect, open, &Redirect { port })])
}

/// Renews the certificate where that is due.
async fn keep_renewed(identity: Arc<Identity>) {
    loop {
        tokio::time::sleep(RENEWAL).await;
        let at_work = identity.clone();
        let renewed = tokio::task::spawn_blocking(move || at_work.renew(Timestamp::now()));
        if let Ok(Err(error)) = renewed.await {
            log::warn!("TLS: {error}");
        }
    }
}

/// Tells systemd that it gets on whenever both the writer and the queue have come round; else systemd starts it anew.
async fn feed(store: Store, queue: Arc<Queue>, within: Duration) {
    loop {
        match store.comes_round().await {
            Ok(()) => {
                queue.comes_round().await;
                service::alive();
            }
            Err(error) => log::error!("the watchdog is not fed, as the database gives no answer: {error}"),
        }
        tokio::time::sleep(within / 3).await;
    }
}

/// The boot of this machine: another one after every start of it (random(4)).
fn boot() -> Option<uuid::Uuid> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    text.trim().parse().ok()
}

fn folder_error(path: &Path, error: &SpoolError) -> StartError {
    StartError::Folder {
        path: path.to_owned(),
        what: error.to_string(),
    }
}

/// Makes the state folder and tries to write in it.
fn make_folder(path: &Path) -> Result<PathBuf, StartError> {
    let wrong = |error: std::io::Error| StartError::Folder {
        path: path.to_owned(),
        what: error.to_string(),
    };
    // Pictures of the studio's clients lie in it.
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(wrong)?;
    let probe = path.join(".writable");
    std::fs::write(&probe, b"").map_err(wrong)?;
    std::fs::remove_file(&probe).map_err(wrong)?;
    path.canonicalize().map_err(wrong)
}

fn bind(addresses: &[SocketAddr]) -> Result<Vec<std::net::TcpListener>, StartError> {
    let mut listeners = Vec::new();
    let mut refusals = Vec::new();
    for address in addresses {
        match std::net::TcpListener::bind(address) {
            Ok(listener) => listeners.push(listener),
            Err(error) => {
                let what = match error.kind() {
                    std::io::ErrorKind::AddrInUse => format!(
                        "port {} is taken by another program (another Platen?); stop that one, or choose a port with --port",
                        address.port()
                    ),
                    std::io::ErrorKind::PermissionDenied => {
                        "ports below 1024 need a privilege; choose another one with --port".to_owned()
                    }
                    _ => error.to_string(),
                };
                let refusal = StartError::Listen {
                    address: *address,
                    what,
                };
                // A machine without IPv6 is no reason not to serve IPv4.
                let no_such_family = address.is_ipv6()
                    && addresses.len() > 1
                    && matches!(
                        error.kind(),
                        std::io::ErrorKind::AddrNotAvailable | std::io::ErrorKind::Unsupported
                    );
                if no_such_family {
                    log::warn!("{refusal}");
                    refusals.push(refusal);
                } else {
                    return Err(refusal);
                }
            }
        }
    }
    match (listeners.is_empty(), refusals.pop()) {
        (true, Some(refusal)) => Err(refusal),
        _ => Ok(listeners),
    }
}

/// The printers of the configuration: short name, name, address.
fn configured_printers(config: &Config) -> Result<Vec<(PrinterId, SmolStr, SmolStr)>, StartError> {
    let named = |printer: &config::Printer| {
        let id = PrinterId::from_name(&printer.name)?;
        Ok((id, printer.name.clone(), printer.uri.clone()))
    };
    config.printers.iter().map(named).collect()
}

/// Where the profiles lie that people brought; those that nobody knows any more are removed.
async fn open_profiles(data: &Path, store: &Store) -> Result<Spool, StartError> {
    let limits = SpoolLimits {
        document_bytes: MAX_PROFILE_BYTES as u64,
        free_floor: 0,
    };
    let profiles = Spool::open(&data.join("profiles"), limits).map_err(|e| folder_error(data, &e))?;
    let kept = store.profile_digests().await?;
    if let Err(error) = profiles.sweep(&kept) {
        log::warn!("profiles that are not kept any more could not be removed: {error}");
    }
    Ok(profiles)
}
