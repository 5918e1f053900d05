//! The shared files in the order in which they need each other: names first, then the expressions that use them.

use std::sync::Arc;

use super::{calendars, channels, circles, conditions, dictionary, health, holidays, people, policy, segments};
use crate::book::diagnostic::Diagnostics;
use crate::book::keys;
use crate::book::read::Table;
use crate::book::source::SourceFile;
use crate::book::{Calendars, ChannelNames, Dictionary, HealthModel, People, Policy, Segments};

/// The files that all playbooks share. An absent one is empty.
pub struct SharedFiles {
    pub account: Arc<SourceFile>,
    pub people: Arc<SourceFile>,
    pub channels: Arc<SourceFile>,
    pub calendars: Arc<SourceFile>,
    pub health: Arc<SourceFile>,
    pub segments: Arc<SourceFile>,
    pub conditions: Arc<SourceFile>,
    pub functions: Arc<SourceFile>,
    pub policy: Arc<SourceFile>,
    /// Calendars of holidays by path.
    pub ics: holidays::Files,
}

/// What the shared files say, as far as they are right.
pub struct SharedParts {
    /// With the finished registry.
    pub dictionary: Dictionary,
    pub people: People,
    pub channels: ChannelNames,
    pub calendars: Calendars,
    pub health: HealthModel,
    pub segments: Segments,
    pub policy: Policy,
}

/// Compiles the shared files; `playbooks` are the ids that conditions and rules may name.
pub fn compile(files: &SharedFiles, playbooks: Vec<String>, diagnostics: &Diagnostics) -> SharedParts {
    let read = |file, top| Table::of_file(file, top, diagnostics);
    let (dictionary, mut registry) = dictionary::compile(read(&files.account, &keys::ACCOUNT));
    registry.playbooks = playbooks;
    let people = people::compile(read(&files.people, &keys::PEOPLE), &mut registry);
    let channels = channels::compile(read(&files.channels, &keys::CHANNELS));
    let calendars = calendars::compile(read(&files.calendars, &keys::CALENDARS), &files.ics);
    let health = health::Outline::read(read(&files.health, &keys::HEALTH), &mut registry);
    let segments = segments::Outline::read(read(&files.segments, &keys::SEGMENTS), &mut registry);
    conditions::scripts(&files.functions, &mut registry, diagnostics);
    conditions::named(read(&files.conditions, &keys::CONDITIONS), &mut registry);
    let (health, segments) = (health.compile(&registry), segments.compile(&registry));
    circles::report(&segments, &files.segments, &health, &files.health, diagnostics);
    let policy = policy::compile(read(&files.policy, &keys::POLICY), &registry, &calendars);
    let dictionary = Dictionary { registry: Arc::new(registry), ..dictionary };
    SharedParts { dictionary, people, channels, calendars, health, segments, policy }
}
