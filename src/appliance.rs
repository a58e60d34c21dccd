//! The one place that knows every room: builds them from the configuration, and stops them in order.

mod books;
mod courier;
mod output;
mod papers;
mod presets;
mod retention;
mod routine;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use smol_str::SmolStr;

use crate::color::{LinkCache, Profile};
use crate::config::{self, Config};
use crate::intake::{Intake, Preset};
use crate::ipp::{self, Door, Exchange};
use crate::model::{Pool, PrinterId, PrinterIdError, RasterType, RenderingIntent, Timestamp, Trouble};
use crate::press::{self, PressLimits};
use crate::printers;
use crate::queue::retention::Retention;
use crate::queue::{Queue, QueueSettings};
use crate::spool::{Spool, SpoolError, SpoolLimits};
use crate::store::{Store, StoreError};
use crate::tls::{Identity, TlsError};

use courier::{HouseCourier, PressInspector, StandardProfiles, Station};
use output::PaperChoice;

/// Colour links that are kept: for each of two printers a few papers, and pictures in three spaces.
const LINKS: usize = 16;
/// How long a document on its way may take to arrive after a stop was asked.
const GRACE: Duration = Duration::from_secs(10);
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
}

impl StartError {
    /// EX_CANTCREAT 73, EX_UNAVAILABLE 69, EX_CONFIG 78, EX_DATAERR 65 of sysexits(3).
    pub fn exit_code(&self) -> u8 {
        match self {
            StartError::Folder { .. } => 73,
            StartError::Store(StoreError::Newer { .. } | StoreError::Damaged { .. }) => 65,
            StartError::Store(_) => 73,
            StartError::Tls(TlsError::Damaged { .. }) => 65,
            StartError::Tls(_) => 73,
            StartError::Listen { .. } => 69,
            StartError::Config(_) => 78,
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
    /// Lets old documents go.
    retention: tokio::task::JoinHandle<()>,
    /// Keeps the certificate young.
    renewal: tokio::task::JoinHandle<()>,
    data: PathBuf,
    printers: Vec<(PrinterId, SmolStr, SmolStr)>,
    pools: Vec<Pool>,
    presets: Vec<Arc<Preset>>,
}

impl Appliance {
    /// Builds every room and opens the doors last.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(config: &Config) -> Result<Appliance, StartError> {
        // What the configuration names is looked at before anything is made.
        let stock = papers::papers(config)?;
        let mut papers = Vec::new();
        for printer in &config.printers {
            papers.push(read_papers(printer)?);
        }
        let presets: Vec<_> = presets::presets(config)?.into_iter().map(Arc::new).collect();
        let pools = config.named_pools().map_err(StartError::Config)?;
        let data = make_folder(&config.data)?;
        // Ports first: whoever runs a second Platen by mistake hears of the port, and nothing is touched.
        let listeners = bind(&config.ipp.listen)?;

        let store = Store::open(&data.join("platen.db"))?;
        let limits = SpoolLimits {
            document_bytes: config.spool.document_bytes,
            free_floor: config.spool.free_floor_bytes,
        };
        let spool = Spool::open(&data.join("spool"), limits).map_err(|e| folder_error(&data, &e))?;
        let history = Retention {
            days: config.history.document_days,
            jobs: config.history.document_jobs,
            bytes: config.history.document_bytes,
        };
        // Their files go with those that no job has.
        retention::write_down(&store, &history, Timestamp::now()).await?;
        let kept = store.digests().await?;
        match spool.sweep(&kept) {
            Ok(0) => {}
            Ok(n) => log::info!("{n} documents without a job were removed from the spool"),
            Err(error) => log::warn!("the spool could not be swept: {error}"),
        }

        let mut stations = HashMap::new();
        let mut profiles = HashMap::new();
        let mut printers = Vec::new();
        for (printer, papers) in config.printers.iter().zip(papers) {
            let id = PrinterId::from_name(&printer.name)?;
            let types: Option<Vec<SmolStr>> = papers.iter().map(|(choice, _)| choice.media_type.clone()).collect();
            profiles.extend(types.map(|types| (id.clone(), types)));
            stations.insert(id.clone(), station(&id, printer, papers, &data)?);
            printers.push((id, printer.name.clone(), printer.uri.clone()));
        }
        store.set_printers(printers.clone(), Timestamp::now()).await?;
        store.set_pools(pools.clone()).await?;
        store.set_papers(stock, Timestamp::now()).await?;

        let limits = PressLimits {
            pixels: config.press.pixels,
            side: config.press.side,
            memory: config.press.memory,
            scratch: data.join("scratch"),
        };
        let courier = HouseCourier {
            stations,
            spool: spool.clone(),
            limits: limits.clone(),
            links: Arc::new(LinkCache::new(LINKS)),
            workers: std::thread::available_parallelism().map_or(1, |n| n.get().min(4)),
            standard: StandardProfiles::new(),
        };
        let ids = printers.iter().map(|(id, ..)| id.clone()).collect();
        let settings = QueueSettings {
            windows: config.rules().map_err(StartError::Config)?,
            boot: boot(),
            books: Arc::new(books::HouseBooks),
            profiles,
            ..QueueSettings::default()
        };
        let queue = Arc::new(Queue::start(store.clone(), Arc::new(courier), ids, settings).await?);
        let retention = tokio::spawn(retention::keep(store.clone(), spool.clone(), history));
        let intake = Intake::new(
            store.clone(),
            spool,
            Arc::new(PressInspector(limits)),
            config.ipp.jobs_per_user,
        );

        let uuid = store
            .setting_or("printer-uuid", || uuid::Uuid::new_v4().to_string())
            .await?;
        let identity = Arc::new(Identity::open(&data, Timestamp::now())?);
        let settings = ipp::Settings {
            connections: config.ipp.connections,
            head: Duration::from_secs(config.ipp.head_seconds),
            idle: Duration::from_secs(config.ipp.idle_seconds),
            multiple_operation_time_out: config.ipp.multiple_operation_time_out,
            attribute_bytes: config.ipp.attribute_bytes,
            documents_per_job: config.ipp.documents_per_job,
            operators: match config.ipp.operators {
                config::Operators::ThisMachine => ipp::Operators::ThisMachine,
                config::Operators::Network => ipp::Operators::Network,
            },
            document_bytes: config.spool.document_bytes,
            side: config.press.side,
            announce: config.ipp.announce,
            tls: Some(identity.acceptor()?),
            uuid: uuid.parse().unwrap_or_else(|_| uuid::Uuid::nil()),
            authenticator: None,
            presets: presets.clone(),
        };
        let exchange = Exchange::new(settings, store.clone(), intake, queue.clone());
        let door = Door::open(listeners, exchange);
        Ok(Appliance {
            store,
            queue,
            door,
            retention,
            renewal: tokio::spawn(keep_renewed(identity)),
            data,
            printers,
            pools,
            presets,
        })
    }

    /// Where the IPP door listens.
    pub fn addresses(&self) -> &[SocketAddr] {
        self.door.addresses()
    }

    /// The state folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The printers: short name, name, address.
    pub fn printers(&self) -> &[(PrinterId, SmolStr, SmolStr)] {
        &self.printers
    }

    /// The named pools.
    pub fn pools(&self) -> &[Pool] {
        &self.pools
    }

    /// The presets.
    pub fn presets(&self) -> &[Arc<Preset>] {
        &self.presets
    }

    /// Stops: doors first, then the queue, then the store.
    pub async fn stop(self) {
        self.renewal.abort();
        self.retention.abort();
        self.door.close(Duration::from_secs(2)).await;
        self.queue.stop(GRACE).await;
        self.store.close().await;
    }
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
    std::fs::create_dir_all(path).map_err(wrong)?;
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

/// Papers of a printer, with their profiles.
type Papers = Vec<(PaperChoice, Arc<Profile>)>;

fn station(id: &PrinterId, printer: &config::Printer, papers: Papers, data: &Path) -> Result<Station, StartError> {
    let wrong = |t: Trouble| StartError::Config(format!("printer {}: {t}", printer.name));
    let folder = data.join("prints").join(id.as_str());
    let driver =
        printers::driver_for(id, &printer.name, &printer.uri, &folder, printer.seconds_per_sheet).map_err(wrong)?;
    Ok(Station { driver, papers })
}

fn read_papers(printer: &config::Printer) -> Result<Papers, StartError> {
    let mut papers = Vec::new();
    for paper in &printer.profiles {
        papers.push((
            PaperChoice {
                media_type: paper.media_type.clone(),
                raster_type: paper.raster_type.map(|t| t.0),
            },
            Arc::new(read_profile(paper, &printer.name)?),
        ));
    }
    if papers.is_empty() && printer.uri.starts_with("virtual:") {
        let choice = PaperChoice {
            media_type: None,
            raster_type: None,
        };
        papers.push((choice, Arc::new(Profile::virtual_paper())));
    }
    Ok(papers)
}

fn read_profile(paper: &config::PaperProfile, printer: &str) -> Result<Profile, StartError> {
    let path = &paper.file;
    let wrong = |what: String| {
        StartError::Config(format!(
            "printer {printer}: the profile {} can't be used: {what}",
            path.display()
        ))
    };
    let bytes = std::fs::read(path).map_err(|e| wrong(e.to_string()))?;
    let profile = Profile::parse(&bytes).map_err(|e| wrong(e.to_string()))?;
    // A profile that can't be printed to is found now, not at the first job.
    let pixels = paper.raster_type.map_or(RasterType::Rgb8, |t| t.0);
    press::profile_fits(&profile, pixels, RenderingIntent::RELATIVE_BPC).map_err(|e| wrong(e.to_string()))?;
    Ok(profile)
}
