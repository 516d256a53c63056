//! The kit: components that write the HTML of govuk-frontend and of the Ministry of Justice's CSS-only components.
//!
//! A component is a struct of options with a builder; it stands between the tags of `view!` as it is:
//! `{Input::new("given", page.t("register-given")).hint(..).value(&raw.given).error(problems.of("given"))}`.
//! A form's field takes its message from [`Problems`], whose summary stands at the top of the page.
//!
//! To add a component: a struct with public options in the file of its kind, `impl Component` that follows the
//! framework's template, its name in `components!`, and its fixtures in `app/tests/kit.rs`.

mod button;
mod casework;
mod chart;
mod choices;
mod date;
mod field;
mod fieldset;
mod html;
mod input;
mod message;
mod navigation;
mod select;
mod summary;
mod table;
mod tasks;
mod upload;
mod words;

pub use button::Button;
pub use casework::{
    Badge, Filter, FilterTag, IdentityBar, SubNavigation, TicketPanel, Timeline, TimelineItem,
};
pub use chart::BarChart;
pub use choices::{Checkboxes, Choice, ChoiceList, Radios};
pub use date::{DateInput, DatePart, Day, day_of_code};
pub use field::{ErrorMessage, FieldParts, Hint, Label, Problems};
pub use fieldset::{Fieldset, Legend};
pub use html::{Attributes, Component, Content, Html};
pub use input::{Input, Textarea};
pub use message::{Details, ErrorItem, ErrorSummary, InsetText, NotificationBanner, Panel, Tag, WarningText};
pub use navigation::{BackLink, Breadcrumbs, Link, PageLink, PageStep, Pagination, SkipLink, Tabs};
pub use select::{Select, SelectItem};
pub use summary::{Action, Row, SummaryCard, SummaryList};
pub use table::{Cell, Table};
pub use tasks::{TaskItem, TaskList};
pub use upload::FileUpload;
