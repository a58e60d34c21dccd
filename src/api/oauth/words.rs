//! What scopes mean, for the person who is asked for them.

use crate::model::Scope;

/// What a program may do that has this scope.
pub const fn in_words(scope: Scope) -> &'static str {
    match scope {
        Scope::JobsRead => "see your jobs",
        Scope::JobsWrite => "print, and hold, release or cancel your jobs",
        Scope::JobsAll => "see everybody's jobs, and act on them as on yours",
        Scope::PrintersRead => "see the printers, their ink and what is loaded",
        Scope::PrintersControl => "pause and resume printers, say what is loaded, and run their routines",
        Scope::PrintersWrite => "add, change and remove printers",
        Scope::PapersRead => "see the papers and how many sheets there are",
        Scope::PapersWrite => "change papers and book sheets",
        Scope::ProfilesRead => "see the colour profiles",
        Scope::ProfilesWrite => "add and remove colour profiles",
        Scope::TemplatesRead => "see templates and presets",
        Scope::TemplatesWrite => "change templates and presets",
        Scope::EventsRead => "follow what happens while it happens",
        Scope::WebhooksWrite => "say where news of what happens is sent",
        Scope::UsersRead => "see who may come in",
        Scope::UsersWrite => "add, change and remove people",
        Scope::ClientsRead => "see which programs may call",
        Scope::ClientsWrite => "add and revoke programs",
        Scope::SettingsRead => "see the settings and the log",
        Scope::SettingsWrite => "change the settings",
    }
}
