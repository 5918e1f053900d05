//! What is around a part of a playbook while it is compiled.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::book::calendar::{BUSINESS_HOURS, Window};
use crate::book::diagnostic::Diagnostic;
use crate::book::read::{Item, unknown_name};
use crate::book::source::SourceFile;
use crate::book::template::{TemplateId, Templates};
use crate::condition::Scope;

use super::Shared;
use super::steps::Outline;

/// What was looked for, or what is wrong with its name.
pub(super) type Found<T> = Result<T, Box<Diagnostic>>;

/// The shared files, the outline of the playbook, and the templates it has used so far.
pub(super) struct Context<'a, 'f> {
    pub file: &'a SourceFile,
    pub shared: &'a Shared<'a>,
    pub templates: &'a mut Templates,
    pub playbook: Arc<str>,
    pub outline: Outline<'f>,
    /// The kind of the trigger's event.
    pub event: Option<Arc<str>>,
    /// Whether the trigger has an anchor date.
    pub has_anchor: bool,
    pub send_window: Window,
    /// Template files of the playbook: part of its version.
    pub used: BTreeSet<TemplateId>,
}

impl<'a, 'f> Context<'a, 'f> {
    pub fn new(
        file: &'a SourceFile,
        shared: &'a Shared<'a>,
        templates: &'a mut Templates,
        playbook: Arc<str>,
        outline: Outline<'f>,
    ) -> Context<'a, 'f> {
        let send_window = Window::Calendar(BUSINESS_HOURS.into());
        let used = BTreeSet::new();
        Context { file, shared, templates, playbook, outline, event: None, has_anchor: false, send_window, used }
    }

    /// The scope of conditions that decide who enrolls: there is no enrollment yet.
    pub fn scope_before(&self) -> Scope<'_> {
        Scope { event: self.event.as_deref(), ..Scope::of(self.shared.registry) }
    }

    /// The scope of conditions of the running enrollment; `outcome()` may name the first `earlier` steps.
    pub fn scope_at(&self, earlier: usize) -> Scope<'_> {
        Scope {
            in_playbook: true,
            earlier_steps: &self.outline.step_ids[..earlier],
            all_steps: &self.outline.step_ids,
            branches: &self.outline.branch_ids,
            ..self.scope_before()
        }
    }

    /// The scope of conditions that are asked again and again: all steps may be named.
    pub fn scope(&self) -> Scope<'_> {
        self.scope_at(self.outline.step_ids.len())
    }

    /// A send window: `always`, or a calendar.
    pub fn window(&self, item: Item) -> Option<Window> {
        let (place, diagnostics) = (item.place(), item.diagnostics());
        let name = item.name()?;
        if &*name == "always" {
            return Some(Window::Always);
        }
        let calendars = &self.shared.calendars.calendars;
        if !calendars.contains_key(&name) {
            let known = calendars.keys().map(|calendar| &**calendar).chain(["always"]);
            diagnostics.push(unknown_name(&place, "calendar", &name, known));
            return None;
        }
        Some(Window::Calendar(name))
    }

    /// Another playbook's id.
    pub fn other_playbook(&self, item: Item) -> Option<Arc<str>> {
        let (place, diagnostics) = (item.place(), item.diagnostics());
        let id = item.name()?;
        let known = &self.shared.registry.playbooks;
        if !known.iter().any(|own| **own == *id) {
            diagnostics.push(unknown_name(&place, "playbook", &id, known.iter().map(String::as_str)));
            return None;
        }
        Some(id)
    }

    /// A template file with one of these endings: beside the playbook, then in `templates/`. The name may leave the
    /// ending out.
    pub fn template(&mut self, item: Item, endings: &[&str]) -> Option<TemplateId> {
        let (place, diagnostics) = (item.place(), item.diagnostics());
        let name = item.name()?;
        let folder = self.file.name.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let folders = [folder.as_str(), "templates/", ""];
        let whole = endings.iter().any(|ending| name.ends_with(ending)).then_some("");
        let endings_left = || endings.iter().copied().chain(whole);
        let paths = folders.iter().flat_map(|folder| endings_left().map(move |ending| (folder, ending)));
        let mut ids = paths.map(|(folder, ending)| TemplateId(format!("{folder}{name}{ending}").into()));
        if let Some(id) = ids.find(|id| self.templates.contains(id)) {
            self.used.insert(id.clone());
            return Some(id);
        }
        let files = self.templates.ids().filter_map(|id| {
            let near = folders[..2].iter().find_map(|folder| id.0.strip_prefix(folder))?;
            endings.iter().find_map(|ending| near.strip_suffix(ending))
        });
        let of_another_kind = self.templates.ids().find(|id| {
            let near = folders.iter().find_map(|folder| id.0.strip_prefix(folder));
            near.and_then(|near| near.split_once('.')).is_some_and(|(stem, _)| stem == &*name)
        });
        diagnostics.push(match of_another_kind {
            Some(id) => {
                let message = format!("the template {id} is of another kind than this step needs");
                let right = endings.iter().map(|ending| format!("{name}{ending}")).collect::<Vec<_>>().join(" or ");
                place.error("wrong-template", message).help(format!("write one that is called {right}"))
            }
            None => unknown_name(&place, "template", &name, files),
        });
        None
    }

    /// A text of one line that stands in the playbook itself.
    pub fn inline(&mut self, item: Item, key: &str) -> Option<TemplateId> {
        let (place, diagnostics) = (item.place(), item.diagnostics());
        let text = item.text()?;
        let id = TemplateId(format!("{}#{key}", self.playbook).into());
        let mistakes = self.templates.add_inline(id.clone(), &text, self.shared.registry);
        diagnostics.extend(mistakes.into_iter().map(|mistake| mistake.at(&place)));
        diagnostics.extend(self.misfit(&id, &place, false));
        Some(id)
    }
}
