//! What people have switched at the pool and at each printer.

use std::collections::HashMap;
use std::convert::Infallible;

use rusqlite::{Connection, OptionalExtension};

use super::jobs;
use super::rows::{self, to_json};
use super::{Store, StoreError};
use crate::model::{Destination, EventKind, Job, PrinterControl, PrinterId, Timestamp};

/// What stands for a destination in a column that must not be NULL: '' for the pool.
pub(super) fn key(destination: &Destination) -> &str {
    destination.printer().map_or("", PrinterId::as_str)
}

impl Store {
    /// Changes a control, with its event and the times of its change, in one transaction.
    ///
    /// # Errors
    /// [`StoreError`]; the inner result is `decide`'s refusal, with nothing written.
    pub async fn change_control<E, F>(
        &self,
        destination: Destination,
        at: Timestamp,
        decide: F,
    ) -> Result<Result<PrinterControl, E>, StoreError>
    where
        E: Send + 'static,
        F: FnOnce(&mut PrinterControl) -> Result<(), E> + Send + 'static,
    {
        self.writer
            .run(move |connection| change(connection, &destination, at, decide))
            .await
    }

    /// Changes a control and the jobs that have not ended, in one transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn change_control_and_jobs<T, F>(
        &self,
        destination: Destination,
        at: Timestamp,
        switch: fn(&mut PrinterControl),
        decide: F,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut [Job]) -> T + Send + 'static,
    {
        self.writer
            .run(move |connection| {
                let switched = change(connection, &destination, at, |control| {
                    switch(control);
                    Ok::<(), Infallible>(())
                })?;
                let Ok(_) = switched;
                let changed = jobs::change_open(connection, at, |jobs| Ok::<T, Infallible>(decide(jobs)))?;
                let Ok(answer) = changed;
                Ok(answer)
            })
            .await
    }
}

/// Every control that was ever changed.
pub(super) fn all(connection: &Connection) -> Result<HashMap<Destination, PrinterControl>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT destination, control FROM controls")?;
    let mut rows = statement.query([])?;
    let mut controls = HashMap::new();
    while let Some(row) = rows.next()? {
        let (name, text): (String, String) = (row.get(0)?, row.get(1)?);
        let destination = if name.is_empty() {
            Destination::Pool
        } else {
            Destination::Printer(PrinterId::new(&name).map_err(|e| StoreError::row("controls", &name, e))?)
        };
        let control = serde_json::from_str(&text).map_err(|e| StoreError::row("controls", &name, e))?;
        controls.insert(destination, control);
    }
    Ok(controls)
}

fn change<E>(
    connection: &Connection,
    destination: &Destination,
    at: Timestamp,
    decide: impl FnOnce(&mut PrinterControl) -> Result<(), E>,
) -> Result<Result<PrinterControl, E>, StoreError> {
    let before = read(connection, destination)?;
    let mut control = before.clone();
    if let Err(refusal) = decide(&mut control) {
        return Ok(Err(refusal));
    }
    if control == before {
        return Ok(Ok(control));
    }
    let switched = control.switches() != before.switches();
    let changed = if switched {
        &mut control.state_changed
    } else {
        &mut control.config_changed
    };
    *changed = Some(at);
    connection
        .prepare_cached(
            "INSERT INTO controls (destination, control) VALUES (?1, ?2) \
             ON CONFLICT (destination) DO UPDATE SET control = ?2",
        )?
        .execute((key(destination), to_json(&control)?))?;
    let kind = EventKind::ControlChanged {
        control: Box::new(control.clone()),
        switched,
    };
    rows::tell(connection, at, None, destination.printer(), &kind)?;
    Ok(Ok(control))
}

pub(super) fn read(connection: &Connection, destination: &Destination) -> Result<PrinterControl, StoreError> {
    let name = key(destination);
    let text: Option<String> = connection
        .prepare_cached("SELECT control FROM controls WHERE destination = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    match text {
        Some(text) => serde_json::from_str(&text).map_err(|e| StoreError::row("controls", name, e)),
        None => Ok(PrinterControl::default()),
    }
}
