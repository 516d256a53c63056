//! A small writer of HTML: tags nest by closures, so they always close, and every text and attribute is escaped.
//! The components of the kit write with it; a page writes `view!` and puts components into it.

use std::borrow::Cow;

use leptos::prelude::*;
use leptos::tachys::html::InertElement;

/// Extra attributes of an element: name and value; an empty value is a boolean attribute.
pub type Attributes = Vec<(Cow<'static, str>, String)>;

/// Something a component shows: plain text, or a piece that is already HTML (another component, a view).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Shown as it is; markup in it is escaped.
    Text(String),
    /// HTML made by a component or a view.
    Html(String),
}

impl Content {
    /// What a Leptos view renders to.
    pub fn view(view: impl IntoView) -> Self {
        Self::Html(view.into_view().to_html())
    }

    /// Nothing to show.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(s) | Self::Html(s) => s.is_empty(),
        }
    }

    /// The pieces one after the other.
    pub fn join(parts: impl IntoIterator<Item = Content>) -> Self {
        let mut html = Html::new();
        for part in parts {
            html.content(&part);
        }
        Self::Html(html.finish())
    }
}

impl Default for Content {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Content {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<AnyView> for Content {
    fn from(view: AnyView) -> Self {
        Self::Html(view.to_html())
    }
}

impl Component for Content {
    fn write(&self, out: &mut Html) {
        out.content(self);
    }
}

/// A component of the kit: it writes itself, and from that it can stand in a view or in another component.
pub trait Component: Sized {
    /// Writes the component.
    fn write(&self, out: &mut Html);

    /// The component as HTML.
    fn html(&self) -> String {
        let mut out = Html::new();
        self.write(&mut out);
        out.finish()
    }
}

/// Lets components stand between the tags of `view!` and wherever [`Content`] is asked for. For Leptos each is one
/// inert piece of HTML: compiled once, no reactive parts.
macro_rules! components {
    ($($name:ty),+ $(,)?) => { $(
        impl From<$name> for $crate::kit::html::Content {
            fn from(component: $name) -> Self {
                Self::Html($crate::kit::html::Component::html(&component))
            }
        }
        $crate::kit::html::in_views!($name);
    )+ };
}

/// The traits of Leptos for a type that writes itself.
macro_rules! in_views {
    ($name:ty) => {
        impl leptos::prelude::Render for $name {
            type State = <leptos::tachys::html::InertElement as leptos::prelude::Render>::State;

            fn build(self) -> Self::State {
                $crate::kit::html::inert(&self).build()
            }

            fn rebuild(self, state: &mut Self::State) {
                $crate::kit::html::inert(&self).rebuild(state);
            }
        }

        impl leptos::tachys::view::add_attr::AddAnyAttr for $name {
            type Output<A: leptos::attr::Attribute> = Self;

            fn add_any_attr<A: leptos::attr::Attribute>(self, _: A) -> Self {
                self
            }
        }

        impl leptos::prelude::RenderHtml for $name {
            type AsyncOutput = Self;
            type Owned = Self;

            const MIN_LENGTH: usize = 0;

            fn dry_resolve(&mut self) {}

            async fn resolve(self) -> Self {
                self
            }

            fn to_html_with_buf(
                self,
                buf: &mut String,
                position: &mut leptos::tachys::view::Position,
                escape: bool,
                mark_branches: bool,
                extra_attrs: Vec<leptos::attr::any_attribute::AnyAttribute>,
            ) {
                $crate::kit::html::inert(&self).to_html_with_buf(
                    buf,
                    position,
                    escape,
                    mark_branches,
                    extra_attrs,
                );
            }

            fn hydrate<const FROM_SERVER: bool>(
                self,
                cursor: &leptos::tachys::hydration::Cursor,
                position: &leptos::tachys::view::PositionState,
            ) -> Self::State {
                $crate::kit::html::inert(&self).hydrate::<FROM_SERVER>(cursor, position)
            }

            fn into_owned(self) -> Self {
                self
            }
        }
    };
}
pub(super) use in_views;

/// A component as one inert piece of HTML.
pub(super) fn inert(component: &impl Component) -> InertElement {
    InertElement::new(component.html())
}

in_views!(Content);

pub(super) use components;

/// HTML being written.
#[derive(Default)]
pub struct Html(String);

impl Html {
    /// An empty piece.
    pub fn new() -> Self {
        Self::default()
    }

    /// What has been written.
    pub fn finish(self) -> String {
        self.0
    }

    /// Starts a tag; end it with [`Tag::with`], [`Tag::text`], [`Tag::content`] or [`Tag::void`].
    pub fn tag(&mut self, name: &'static str) -> Tag<'_> {
        self.0.push('<');
        self.0.push_str(name);
        Tag { out: self, name, classes: String::new() }
    }

    /// Writes text, escaped.
    pub fn text(&mut self, text: &str) -> &mut Self {
        escape(text, &mut self.0);
        self
    }

    /// Writes text or a finished piece.
    pub fn content(&mut self, content: &Content) -> &mut Self {
        match content {
            Content::Text(text) => self.text(text),
            Content::Html(html) => self.raw(html),
        }
    }

    /// Writes a component.
    pub fn component(&mut self, component: &impl Component) -> &mut Self {
        component.write(self);
        self
    }

    /// Writes HTML as it is: only for pieces that were escaped where they were made, and for constants.
    pub fn raw(&mut self, html: &str) -> &mut Self {
        self.0.push_str(html);
        self
    }
}

/// A tag whose attributes are being written.
#[must_use = "a tag is only written when it is ended"]
pub struct Tag<'a> {
    out: &'a mut Html,
    name: &'static str,
    classes: String,
}

impl<'a> Tag<'a> {
    /// An attribute.
    pub fn attr(self, name: &str, value: &str) -> Self {
        let buffer = &mut self.out.0;
        buffer.push(' ');
        buffer.push_str(name);
        buffer.push_str("=\"");
        escape(value, buffer);
        buffer.push('"');
        self
    }

    /// An attribute, when there is a value that is not empty.
    pub fn attr_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) if !value.is_empty() => self.attr(name, value),
            _ => self,
        }
    }

    /// A boolean attribute.
    pub fn flag(self, name: &str, on: bool) -> Self {
        if on {
            self.out.0.push(' ');
            self.out.0.push_str(name);
        }
        self
    }

    /// Extra attributes.
    pub fn attrs(mut self, attributes: &Attributes) -> Self {
        for (name, value) in attributes {
            self = if value.is_empty() { self.flag(name, true) } else { self.attr(name, value) };
        }
        self
    }

    /// Adds one or several classes.
    pub fn class(mut self, classes: &str) -> Self {
        if !classes.is_empty() {
            if !self.classes.is_empty() {
                self.classes.push(' ');
            }
            self.classes.push_str(classes);
        }
        self
    }

    /// Adds classes when it is so.
    pub fn class_if(self, so: bool, classes: &str) -> Self {
        if so { self.class(classes) } else { self }
    }

    fn open(self) -> (&'a mut Html, &'static str) {
        let tag = if self.classes.is_empty() {
            self
        } else {
            let classes = self.classes.clone();
            self.attr("class", &classes)
        };
        tag.out.0.push('>');
        (tag.out, tag.name)
    }

    /// Ends the tag, writes what stands in it, closes it.
    pub fn with(self, inside: impl FnOnce(&mut Html)) {
        let (out, name) = self.open();
        inside(out);
        out.0.push_str("</");
        out.0.push_str(name);
        out.0.push('>');
    }

    /// Ends the tag around a text.
    pub fn text(self, text: &str) {
        self.with(|out| {
            out.text(text);
        });
    }

    /// Ends the tag around some content.
    pub fn content(self, content: &Content) {
        self.with(|out| {
            out.content(content);
        });
    }

    /// Ends a tag that has no inside and no closing tag.
    pub fn void(self) {
        let _ = self.open();
    }
}

fn escape(text: &str, into: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        into.push_str(&rest[..at]);
        into.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        });
        rest = &rest[at + 1..];
    }
    into.push_str(rest);
}

/// The heading tag of a level from 1 to 6.
pub(super) fn heading(level: u8) -> &'static str {
    match level {
        1 => "h1",
        2 => "h2",
        3 => "h3",
        4 => "h4",
        5 => "h5",
        _ => "h6",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_are_escaped() {
        let mut out = Html::new();
        out.tag("a").attr("href", "/x?a=1&b=\"2\"").class("one").class_if(true, "two").text("<b> & 'c'");
        assert_eq!(
            out.finish(),
            "<a href=\"/x?a=1&amp;b=&quot;2&quot;\" class=\"one two\">&lt;b&gt; &amp; &#39;c&#39;</a>"
        );
    }
}
