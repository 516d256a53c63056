//! The shell: what every page has around its content, and how a page becomes a response.
//!
//! A handler gets a [`Page`] (alone or inside `state::SignedIn`), loads what it shows, and ends with
//! `render(&page, &page.t("register-title"), move || view! { … })`. A form that failed renders the same page again
//! with `page.failed()`: status 422 and a title that starts with "Error:". What went wrong on the way is a
//! [`Failure`]; `?` turns use-case errors into one, and the shell shows it in the person's language.
//!
//! Text for `<title>` and `<textarea>` goes through the shell and the kit only: Leptos writes marks between texts,
//! which are invisible elsewhere but not there.

mod failure;
mod frame;
mod marks;
pub mod navigation;
mod onwards;

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use domain::country::Currency;
use domain::pack::Pack;
use domain::role::Right;
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use time::{Date, OffsetDateTime};

use crate::edge::{Nonce, Site};
use crate::kit::Link;
use crate::words::{self, Arg, Lang, t, t_of, t_with};

pub(crate) use failure::show;
pub use failure::{Answer, Failure};
pub use onwards::onwards;

/// What is the same for all pages of one running server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The files a page loads.
    pub site: Site,
    /// The database is a demonstration: every page says so.
    pub demo: bool,
    /// Cookies are for HTTPS only.
    pub secure_cookies: bool,
    /// Text messages go out: only then can a code be asked for.
    pub texts: bool,
    /// The public address, `https://guichet.example`, as papers name it; without one, what the browser asked for.
    pub address: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        let site = Site { version: String::new(), islands: false };
        Self { site, demo: false, secure_cookies: false, texts: false, address: None }
    }
}

/// Who looks at the page: what the header needs to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Name, for the header.
    pub name: String,
    /// What the person may do somewhere: decides which entries the navigation shows, nothing else.
    pub rights: BTreeSet<Right>,
}

/// One page being made for one person.
#[derive(Clone, Debug)]
pub struct Page {
    /// Language of the page.
    pub lang: Lang,
    /// Path of the request.
    pub path: String,
    /// Query of the request.
    pub query: Option<String>,
    settings: Arc<Settings>,
    nonce: Option<Nonce>,
    person: Option<Person>,
    keep_language: bool,
    status: StatusCode,
    failed: bool,
    islands: bool,
    kiosk: Kiosk,
    back: Option<String>,
    crumbs: Vec<Link>,
}

/// Whether the page is for a machine that many people use one after another: then a visit that nobody touches is wiped, and
/// nothing is kept. `?kiosk=true` makes a machine one, until its browser is closed, and `?kiosk=false` makes it none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kiosk {
    No,
    Yes,
    /// It becomes one with this page.
    Begins,
    /// It is none any more from this page on.
    Ends,
}

impl Kiosk {
    fn of(query: Option<&str>, headers: &HeaderMap) -> Self {
        let asked = query.and_then(|query| {
            query
                .split('&')
                .find_map(|pair| pair.strip_prefix("kiosk=").or_else(|| (pair == "kiosk").then_some("true")))
        });
        match asked {
            Some("true") => Self::Begins,
            Some("false") => Self::Ends,
            _ if cookie(headers, KIOSK) == Some("true") => Self::Yes,
            _ => Self::No,
        }
    }
}

/// The cookie of a machine that many people use.
const KIOSK: &str = "kiosk";

impl Page {
    /// The page for a request: the language is the one asked for with `?lang=`, else the one kept in the cookie,
    /// else the browser's.
    pub fn new(settings: Arc<Settings>, parts: &Parts, person: Option<Person>) -> Self {
        let query = parts.uri.query().map(str::to_owned);
        let asked = query.as_deref().and_then(|query| {
            query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Lang::parse)
        });
        let lang = asked
            .or_else(|| cookie(&parts.headers, "lang").and_then(Lang::parse))
            .or_else(|| {
                Lang::negotiate(parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok())?)
            })
            .unwrap_or_default();
        Self {
            lang,
            path: parts.uri.path().to_owned(),
            query,
            settings,
            nonce: parts.extensions.get::<Nonce>().cloned(),
            person,
            keep_language: asked.is_some(),
            status: StatusCode::OK,
            failed: false,
            islands: false,
            kiosk: Kiosk::of(parts.uri.query(), &parts.headers),
            back: None,
            crumbs: Vec::new(),
        }
    }

    /// The words of a key.
    pub fn t(&self, key: &str) -> String {
        t(self.lang, key)
    }

    /// The words of a key with values put in.
    pub fn t_with(&self, key: &str, args: &[(&'static str, Arg<'_>)]) -> String {
        t_with(self.lang, key, args)
    }

    /// The words for one value of a set: `page.t_of("role", role.as_str())`.
    pub fn t_of(&self, set: &str, value: &str) -> String {
        t_of(self.lang, set, value)
    }

    /// The words for one value of a set that others add to; `None` when there are none yet.
    pub fn t_if_of(&self, set: &str, value: &str) -> Option<String> {
        words::t_if_of(self.lang, set, value)
    }

    /// Pieces one after another, each with its own direction; see [`words::list`].
    pub fn list<S: AsRef<str>>(&self, pieces: impl IntoIterator<Item = S>) -> String {
        words::list(self.lang, pieces)
    }

    /// A date in the page's language.
    pub fn date(&self, date: Date) -> String {
        words::date(self.lang, date)
    }

    /// A moment in the page's language.
    pub fn date_time(&self, at: OffsetDateTime) -> String {
        words::date_time(self.lang, at)
    }

    /// A whole number in the page's language.
    pub fn number(&self, number: i64) -> String {
        words::number(self.lang, number)
    }

    /// An amount in the page's language; see [`words::amount`].
    pub fn amount(&self, minor: i64, currency: &Currency) -> String {
        words::amount(self.lang, minor, currency)
    }

    /// Words of the pack in the page's language: `page.of_pack(&pack, "programme.child-grant.name")`.
    pub fn of_pack(&self, pack: &Pack, key: &str) -> String {
        pack.words.text(self.lang.code(), key).to_owned()
    }

    /// Who looks at it, if signed in.
    pub fn person(&self) -> Option<&Person> {
        self.person.as_ref()
    }

    /// Is the database a demonstration?
    pub fn demo(&self) -> bool {
        self.settings.demo
    }

    /// The same page in another language, whatever the person chose: letters go out in the applicant's.
    #[must_use]
    pub fn in_language(mut self, lang: Lang) -> Self {
        self.lang = lang;
        self
    }

    /// The form was not accepted: status 422, and the title says "Error:".
    #[must_use]
    pub fn failed(mut self) -> Self {
        self.failed = true;
        self.status = StatusCode::UNPROCESSABLE_ENTITY;
        self
    }

    /// Another status than 200.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The address of a file of `style/assets`, new for every version of the site.
    pub fn asset(&self, name: &str) -> String {
        format!("/assets/{name}?v={}", self.settings.site.version)
    }

    /// The page holds an island: only then is the browser given the script that wakes it.
    #[must_use]
    pub fn islands(mut self) -> Self {
        self.islands = true;
        self
    }

    /// Is it for a machine that many people use?
    pub fn kiosk(&self) -> bool {
        self.person.is_none() && matches!(self.kiosk, Kiosk::Yes | Kiosk::Begins)
    }

    /// Do text messages go out?
    pub fn texts(&self) -> bool {
        self.settings.texts
    }

    /// A link back, above the content.
    #[must_use]
    pub fn back(mut self, href: impl Into<String>) -> Self {
        self.back = Some(href.into());
        self
    }

    /// Where the page stands, above the content; the last entry is the page itself.
    #[must_use]
    pub fn crumbs(mut self, crumbs: Vec<Link>) -> Self {
        self.crumbs = crumbs;
        self
    }

    /// A page for tests of views, without a request.
    #[cfg(any(test, feature = "test-support"))]
    pub fn for_test(lang: Lang) -> Self {
        let (parts, ()) = axum::http::Request::new(()).into_parts();
        Self::new(Arc::new(Settings::default()), &parts, None).in_language(lang)
    }
}

/// An address with a query: `address("/sign-in", &[("next", "/staff")])`.
pub fn address(path: &str, query: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    for (place, (key, value)) in query.iter().enumerate() {
        address.push(if place == 0 { '?' } else { '&' });
        address.push_str(key);
        address.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
                address.push(char::from(byte));
            } else {
                address.push('%');
                for digit in [byte >> 4, byte & 15] {
                    address.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
                }
            }
        }
    }
    address
}

/// The value of a cookie of the request.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Gives a request its page, and a refusal on the way back its words. Wrap every route that answers with pages.
pub async fn around(
    settings: Arc<Settings>,
    person: Option<Person>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let page = Page::new(settings, &parts, person);
    parts.extensions.insert(page.clone());
    failure::show(&page, next.run(Request::from_parts(parts, body)).await)
}

/// Gives its words to what is refused before it comes to a page (a form from another site, one too large, an answer that
/// takes too long). Lay it around the guards of the server; the files of `/assets` and `/pkg` are not pages.
pub async fn refusals(State(settings): State<Arc<Settings>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let is_file =
        ["/assets/", "/pkg/", "/favicon.ico"].iter().any(|start| parts.uri.path().starts_with(start));
    let page = (!is_file).then(|| Page::new(settings, &parts, None));
    let response = next.run(Request::from_parts(parts, body)).await;
    match page {
        Some(page) => failure::show_at_the_door(&page, response),
        None => response,
    }
}

/// Makes the response: the view inside the shell.
///
/// The view is made by the closure, so that islands, contexts and the kit's own words find the page they are on.
pub fn render<V: IntoView>(page: &Page, title: &str, view: impl FnOnce() -> V) -> Response {
    let html = document(page, title, view);
    let mut response = (page.status, Html(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(page.lang.code()));
    if page.keep_language {
        let secure = if page.settings.secure_cookies { "; Secure" } else { "" };
        let year = if page.kiosk() { "" } else { "; Max-Age=31536000" };
        let kept = format!("lang={}; Path=/{year}; HttpOnly; SameSite=Lax{secure}", page.lang.code());
        if let Ok(kept) = HeaderValue::from_str(&kept) {
            headers.append(header::SET_COOKIE, kept);
        }
    }
    let kiosk = match page.kiosk {
        Kiosk::Begins => Some("kiosk=true; Path=/; HttpOnly; SameSite=Lax"),
        Kiosk::Ends => Some("kiosk=false; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"),
        Kiosk::Yes | Kiosk::No => None,
    };
    if let Some(kiosk) = kiosk {
        headers.append(header::SET_COOKIE, HeaderValue::from_static(kiosk));
    }
    response
}

/// The whole page as text.
pub fn document<V: IntoView>(page: &Page, title: &str, view: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| {
        provide_context(page.lang);
        let content = view().into_view().to_html();
        frame::document(page, title, &content)
    });
    owner.unset_with_forced_cleanup();
    let html = marks::elements(html);
    // The marks that Leptos leaves for hydration are of use inside islands only.
    if page.islands { html } else { html.replace("<!>", "") }
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Failure::internal("the route has no page: shell layer missing"))
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Page {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(uri: &str, headers: &[(&str, &str)]) -> Page {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Page::new(Arc::new(Settings::default()), &request.body(()).unwrap().into_parts().0, None)
    }

    #[test]
    fn values_in_an_address_are_encoded() {
        assert_eq!(
            address("/sign-in", &[("next", "/a?b=é&c"), ("x", "1")]),
            "/sign-in?next=/a%3Fb%3D%C3%A9%26c&x=1"
        );
    }

    #[test]
    fn the_language_asked_for_wins_over_the_kept_one_and_the_browser() {
        let headers = [("cookie", "a=b; lang=ar"), ("accept-language", "fr")];
        assert_eq!(page("/x?lang=fr", &headers).lang, Lang::Fr);
        assert_eq!(page("/x", &headers).lang, Lang::Ar);
        assert_eq!(page("/x", &headers[1..]).lang, Lang::Fr);
        assert_eq!(page("/x?lang=xx", &[]).lang, Lang::En);
    }

    #[test]
    fn a_chosen_language_is_kept() {
        let response = render(&page("/x?a=1&lang=ar", &[]), "T", || view! { <p>"x"</p> });
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with("lang=ar; Path=/;"), "{cookie}");
        assert!(render(&page("/x", &[]), "T", || ()).headers().get(header::SET_COOKIE).is_none());
    }

    #[test]
    fn a_failed_page_says_so() {
        let page = page("/x", &[]).failed();
        assert_eq!(render(&page, "Title", || ()).status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(document(&page, "A & B", || ()).contains("<title>Error: A &amp; B – Guichet</title>"));
    }

    #[test]
    fn arabic_pages_run_from_right_to_left() {
        let html = document(&page("/x?b=2&lang=ar", &[]), "T", || ());
        assert!(html.contains(r#"<html lang="ar" dir="rtl""#), "{html}");
        assert!(html.contains(r#"href="/x?b=2&amp;lang=en""#), "{html}");
    }

    #[test]
    fn words_that_have_no_arabic_yet_are_marked_as_english() {
        let page = page("/x?lang=ar", &[]);
        let title = page.t("override-outcome");
        let html = document(&page, &title, || view! { <h1 title=title.clone()>{title.clone()}</h1> });
        let heading = r#"<h1 title="What should be decided?"><span lang="en" dir="ltr">What should be decided?</span></h1>"#;
        assert!(html.contains(heading), "{html}");
        assert!(html.contains("<title>What should be decided?"), "{html}");
        assert!(!html.contains(words::ENGLISH), "{html}");
    }

    #[test]
    fn only_pages_with_islands_load_a_script() {
        let settings =
            Arc::new(Settings { site: Site { version: "abc".into(), islands: true }, ..Settings::default() });
        let parts =
            Request::builder().uri("/x").extension(Nonce("n0".into())).body(()).unwrap().into_parts().0;
        let page = Page::new(settings, &parts, None);
        assert!(!document(&page, "T", || ()).contains("<script"));
        let html = document(&page.islands(), "T", || ());
        assert!(html.contains(r#"nonce="n0""#) && html.contains("v=abc"), "{html}");
    }

    #[test]
    fn a_machine_that_many_people_use_goes_back_by_itself_and_keeps_no_language() {
        let begins = page("/track?kiosk=true&lang=fr", &[]);
        let response = render(&begins, "T", || ());
        let cookies: Vec<_> = response.headers().get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(
            cookies,
            ["lang=fr; Path=/; HttpOnly; SameSite=Lax", "kiosk=true; Path=/; HttpOnly; SameSite=Lax"]
        );
        let goes_on = page("/track/status", &[("cookie", "kiosk=true")]);
        let html = document(&goes_on, "T", || ());
        assert!(
            html.contains(
                r#"<noscript><meta http-equiv="refresh" content="90; url=/track/idle"></noscript>"#
            ),
            "{html}"
        );
        assert!(html.contains("idle.js"));
        let ends = page("/track?kiosk=false", &[("cookie", "kiosk=true")]);
        assert!(!document(&ends, "T", || ()).contains("idle"));
    }

    #[test]
    fn the_kit_speaks_the_language_of_the_page() {
        let html = document(&page("/x?lang=fr", &[]), "T", || {
            let mut problems = crate::kit::Problems::new();
            problems.add("a", "b");
            view! { <div>{problems.summary()}</div> }
        });
        assert!(html.contains("Il y a un problème"), "{html}");
    }
}
