//! Subscriptions (RFC 3995, 11): Create-Printer-Subscriptions, Create-Job-Subscriptions, Get-Subscription-Attributes,
//! Get-Subscriptions, Renew-Subscription, Cancel-Subscription; and those that come with a job.

use smol_str::{SmolStr, format_smolstr};

use super::super::attributes::Requested;
use super::super::codec::{Attribute, Group, Value, group, status};
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;
use crate::model::{Destination, Job, JobId, NewSubscription, NotifyEvent, Subscription, Timestamp};
use crate::store::SubscriptionQuery;

/// `notify-lease-duration-default`, in seconds: a day.
pub const LEASE_DEFAULT: i32 = 86_400;
/// Longest lease, in seconds. There is none without an end: whoever goes away without a word would stay for ever.
pub const LEASE_MOST: i32 = 604_800;
/// `notify-max-events-supported`: all of them in one subscription.
pub const EVENTS_MOST: i32 = NotifyEvent::ALL.len() as i32;
/// Most subscriptions at once.
const MOST: u32 = 200;
/// Most subscriptions of one request.
const MOST_AT_ONCE: usize = 20;
/// Most bytes of `notify-user-data` (RFC 3995, 5.3.5).
const USER_DATA: usize = 63;

/// What became of one subscription group of a request.
enum Made {
    Yes(Subscription),
    No(u16),
}

fn integer(group: &Group, name: &str) -> Option<i32> {
    group.first(name).and_then(Value::as_integer)
}

/// Reads a subscription group; the status that refuses it otherwise.
fn read(group: &Group, destination: Destination, job: Option<JobId>, user: &SmolStr) -> Result<NewSubscription, u16> {
    if group.get("notify-recipient-uri").is_some() {
        // Nothing is sent to an address that a client names: that would let anybody make the server call anywhere.
        return Err(status::CLIENT_ERROR_URI_SCHEME_NOT_SUPPORTED);
    }
    match group.first("notify-pull-method").and_then(Value::as_str) {
        Some("ippget") => {}
        Some(_) => return Err(status::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED),
        None => return Err(status::CLIENT_ERROR_BAD_REQUEST),
    }
    let events = match group.get("notify-events") {
        None => vec![NotifyEvent::JobCompleted],
        Some(asked) => {
            // Each once, however often it was named.
            let named = |word: &str| asked.values.iter().any(|v| v.as_str() == Some(word));
            let known = NotifyEvent::ALL.iter().filter(|(_, word)| named(word));
            let events: Vec<NotifyEvent> = known.map(|(event, _)| *event).collect();
            if events.is_empty() {
                return Err(status::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED);
            }
            events
        }
    };
    let user_data = match group.first("notify-user-data") {
        None => Vec::new(),
        Some(Value::OctetString(data)) if data.len() <= USER_DATA => data.clone(),
        Some(_) => return Err(status::CLIENT_ERROR_REQUEST_VALUE_TOO_LONG),
    };
    let language = group
        .first("notify-natural-language")
        .and_then(Value::as_str)
        .unwrap_or("en");
    let now = Timestamp::now();
    Ok(NewSubscription {
        destination,
        job,
        user: user.clone(),
        events,
        language: language.chars().take(63).collect(),
        user_data,
        interval: integer(group, "notify-time-interval").map_or(0, |n| n.max(0).unsigned_abs()),
        // A job's subscription lives as long as the job (RFC 3995, 5.3.7).
        expires: match job {
            Some(_) => None,
            None => Some(now.plus_ms(i64::from(lease(integer(group, "notify-lease-duration"))) * 1000)),
        },
    })
}

/// The lease that is granted; 0 asks for one without end.
fn lease(asked: Option<i32>) -> i32 {
    match asked {
        None => LEASE_DEFAULT,
        Some(n) if n <= 0 => LEASE_MOST,
        Some(n) => n.min(LEASE_MOST),
    }
}

fn seconds_left(subscription: &Subscription) -> i32 {
    let left = subscription.of.expires.map_or(0, |at| at.0 - Timestamp::now().0);
    i32::try_from(left.max(0).div_euclid(1000)).unwrap_or(i32::MAX)
}

/// Makes the subscriptions of a request; those that came with their job tell of it from its start.
async fn make(
    call: &Call<'_>,
    destination: &Destination,
    job: Option<JobId>,
    from_start: bool,
) -> Result<Vec<Made>, Failure> {
    let mut made = Vec::new();
    if call.valid.subscriptions.len() > MOST_AT_ONCE {
        return Err(Failure::bad_request(format_smolstr!(
            "a request makes at most {MOST_AT_ONCE} subscriptions"
        )));
    }
    for group in &call.valid.subscriptions {
        let one = match read(group, destination.clone(), job, &call.valid.user) {
            Ok(new) => match call
                .shared
                .store
                .subscribe_to(new, from_start, MOST, Timestamp::now())
                .await?
            {
                Some(subscription) => Made::Yes(subscription),
                None => Made::No(status::CLIENT_ERROR_TOO_MANY_SUBSCRIPTIONS),
            },
            Err(status) => Made::No(status),
        };
        made.push(one);
    }
    Ok(made)
}

fn groups(made: &[Made]) -> Vec<Group> {
    let group = |one: &Made| {
        let mut group = Group::new(group::SUBSCRIPTION);
        match one {
            Made::Yes(s) => {
                group.push("notify-subscription-id", Value::Integer(s.id));
                if s.of.job.is_none() {
                    group.push(
                        "notify-lease-duration",
                        Value::Integer(seconds_left(s).saturating_add(1)),
                    );
                }
            }
            Made::No(status) => group.push("notify-status-code", Value::Enum(i32::from(*status))),
        }
        group
    };
    made.iter().map(group).collect()
}

/// The answer to a request that does nothing but subscribe.
fn answer(made: &[Made]) -> Result<Answer, Failure> {
    let refused = made.iter().filter(|one| matches!(one, Made::No(_))).count();
    let groups = groups(made);
    if refused == made.len() {
        let mut failure = Failure::new(
            status::CLIENT_ERROR_IGNORED_ALL_SUBSCRIPTIONS,
            "no subscription was made; the status of each says why",
        );
        failure.groups = groups;
        return Err(failure);
    }
    Ok(Answer {
        status: (refused > 0).then_some(status::SUCCESSFUL_OK_IGNORED_SUBSCRIPTIONS),
        groups,
        ..Answer::default()
    })
}

pub async fn create_for_printer(call: &Call<'_>) -> Result<Answer, Failure> {
    let (destination, _) = call.known_printer().await?;
    none_asked(call)?;
    answer(&make(call, &destination, None, false).await?)
}

pub async fn create_for_job(call: &Call<'_>) -> Result<Answer, Failure> {
    let (destination, _) = call.known_printer().await?;
    none_asked(call)?;
    let job = match call.valid.operation.first("notify-job-id") {
        Some(Value::Integer(id)) if *id > 0 => JobId(i64::from(*id)),
        _ => {
            return Err(Failure::bad_request(
                "notify-job-id is missing: say which job the subscription is about",
            ));
        }
    };
    match call.shared.store.job(job).await? {
        Some(job) if job.state.is_terminal() => Err(Failure::new(
            status::CLIENT_ERROR_NOT_POSSIBLE,
            format_smolstr!("job {} has ended: nothing will happen to it any more", job.id),
        )),
        Some(known) => {
            call.caller.check_job(&known, &call.valid.user)?;
            answer(&make(call, &destination, Some(job), false).await?)
        }
        None => Err(Failure::not_found(format_smolstr!("there is no job {job}"))),
    }
}

fn none_asked(call: &Call<'_>) -> Result<(), Failure> {
    if call.valid.subscriptions.is_empty() {
        return Err(Failure::bad_request("there is no subscription attributes group"));
    }
    Ok(())
}

/// The subscriptions that came with a new job. The job stands, whatever becomes of them.
pub async fn with_job(call: &Call<'_>, job: &Job) -> Vec<Group> {
    if call.valid.subscriptions.is_empty() {
        return Vec::new();
    }
    match make(call, &job.destination, Some(job.id), true).await {
        Ok(made) => groups(&made),
        Err(failure) => {
            log::error!("job {}: its subscriptions were not made: {}", job.id, failure.message);
            Vec::new()
        }
    }
}

fn describe(call: &Call<'_>, s: &Subscription) -> Vec<Attribute> {
    let mut all = Vec::with_capacity(16);
    let events = s.of.events.iter().map(|e| Value::keyword(e.keyword())).collect();
    all.push(Attribute::new_all("notify-events", events));
    let mut put = |name: &str, value: Value| all.push(Attribute::new(name, value));
    put("notify-subscription-id", Value::Integer(s.id));
    put("notify-pull-method", Value::keyword("ippget"));
    put("notify-charset", Value::charset("utf-8"));
    put("notify-natural-language", Value::language(&s.of.language));
    put("notify-user-data", Value::OctetString(s.of.user_data.clone()));
    put("notify-subscriber-user-name", Value::name(&s.of.user));
    put(
        "notify-printer-uri",
        Value::uri(&printer_uri(&s.of.destination, &call.base)),
    );
    put(
        "notify-time-interval",
        Value::Integer(i32::try_from(s.of.interval).unwrap_or(i32::MAX)),
    );
    put("notify-printer-up-time", Value::Integer(call.shared.up_time()));
    if let Some(job) = s.of.job {
        put(
            "notify-job-id",
            Value::Integer(i32::try_from(job.0).unwrap_or(i32::MAX)),
        );
    } else {
        let left = seconds_left(s);
        put("notify-lease-duration", Value::Integer(left));
        put(
            "notify-lease-expiration-time",
            Value::Integer(call.shared.up_time().saturating_add(left)),
        );
    }
    all
}

/// The URI of a printer of ours, by the authority that the client used.
pub fn printer_uri(destination: &Destination, base: &str) -> String {
    destination.uri(base)
}

fn group_of(call: &Call<'_>, s: &Subscription, requested: &Requested) -> Group {
    Group {
        tag: group::SUBSCRIPTION,
        attributes: requested.filter(describe(call, s)),
    }
}

/// The subscription that the request names, alive.
async fn named(call: &Call<'_>) -> Result<Subscription, Failure> {
    call.known_printer().await?;
    let id = match call
        .valid
        .operation
        .get("notify-subscription-id")
        .map(|a| a.values.as_slice())
    {
        Some([Value::Integer(id)]) => *id,
        _ => {
            return Err(Failure::bad_request(
                "notify-subscription-id is missing or not one integer",
            ));
        }
    };
    find(call, id)
        .await?
        .ok_or_else(|| Failure::not_found(format_smolstr!("there is no subscription {id} any more")))
}

/// A subscription that has not ended.
pub async fn find(call: &Call<'_>, id: i32) -> Result<Option<Subscription>, Failure> {
    let found = call.shared.store.subscription(id).await?;
    Ok(found.filter(|s| !s.is_over(Timestamp::now())))
}

async fn own(call: &Call<'_>) -> Result<Subscription, Failure> {
    let subscription = named(call).await?;
    check_own(call, &subscription)?;
    Ok(subscription)
}

/// Refuses to show or touch somebody else's.
pub fn check_own(call: &Call<'_>, subscription: &Subscription) -> Result<(), Failure> {
    let what = format!("subscription {}", subscription.id);
    call.caller.check_owner(&subscription.of.user, &call.valid.user, &what)
}

pub async fn get(call: &Call<'_>) -> Result<Answer, Failure> {
    let subscription = own(call).await?;
    let requested = Requested::read(&call.valid.operation, &["all"]);
    Ok(Answer::group(group_of(call, &subscription, &requested)))
}

pub async fn list(call: &Call<'_>) -> Result<Answer, Failure> {
    let (destination, _) = call.known_printer().await?;
    let operation = &call.valid.operation;
    let mine = match operation.get("my-subscriptions").map(|a| a.values.as_slice()) {
        None => false,
        Some([Value::Boolean(mine)]) => *mine,
        Some(_) => return Err(Failure::bad_request("my-subscriptions must be one boolean")),
    };
    let query = SubscriptionQuery {
        destination: Some(destination),
        job: integer(operation, "notify-job-id").map(|id| JobId(i64::from(id))),
        user: mine.then(|| call.valid.user.clone()),
        limit: integer(operation, "limit").map_or(u32::MAX, |n| n.max(1).unsigned_abs()),
    };
    let requested = Requested::read(operation, &["notify-subscription-id"]);
    let now = Timestamp::now();
    let found = call.shared.store.subscriptions(query).await?;
    let alive = found.iter().filter(|s| !s.is_over(now));
    Ok(Answer {
        groups: alive.map(|s| group_of(call, s, &requested)).collect(),
        ..Answer::default()
    })
}

pub async fn renew(call: &Call<'_>) -> Result<Answer, Failure> {
    let subscription = own(call).await?;
    if subscription.of.job.is_some() {
        return Err(Failure::new(
            status::CLIENT_ERROR_NOT_POSSIBLE,
            "a job's subscription ends with the job and needs no renewal",
        ));
    }
    // RFC 3995, 11.2.6: the duration stands in a subscription group, by some clients among the operation's attributes.
    let asked = call
        .valid
        .subscriptions
        .first()
        .and_then(|g| integer(g, "notify-lease-duration"));
    let lease = lease(asked.or_else(|| integer(&call.valid.operation, "notify-lease-duration")));
    let until = Timestamp::now().plus_ms(i64::from(lease) * 1000);
    call.shared
        .store
        .renew_subscription(subscription.id, Some(until))
        .await?;
    let mut group = Group::new(group::SUBSCRIPTION);
    group.push("notify-lease-duration", Value::Integer(lease));
    Ok(Answer::group(group))
}

pub async fn cancel(call: &Call<'_>) -> Result<Answer, Failure> {
    let subscription = own(call).await?;
    call.shared.store.renew_subscription(subscription.id, None).await?;
    call.shared.notices.forget(subscription.id).await;
    Ok(Answer::default())
}
