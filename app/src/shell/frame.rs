//! The document: head, header with language switch and sign-out, navigation, content, footer.

use super::{Page, navigation};
use crate::kit::{BackLink, Breadcrumbs, Component, Html, SkipLink};
use crate::words::{self, Lang};

/// The whole page around its content.
pub(super) fn document(page: &Page, title: &str, content: &str) -> String {
    let mut out = Html::new();
    out.raw("<!DOCTYPE html>");
    out.tag("html").attr("lang", page.lang.code()).attr("dir", page.lang.dir()).class("govuk-template").with(
        |out| {
            out.tag("head").with(|out| head(page, title, out));
            out.tag("body").class("govuk-template__body").with(|out| {
                SkipLink {
                    href: "#main-content".into(),
                    content: page.t("skip-to-content").into(),
                    ..SkipLink::default()
                }
                .write(out);
                header(page, out);
                navigation::bar(page, out);
                out.tag("div").class("govuk-width-container").with(|out| {
                    above(page, out);
                    out.tag("main").class("govuk-main-wrapper").attr("id", "main-content").with(|out| {
                        out.raw(content);
                    });
                });
                footer(page, out);
            });
        },
    );
    out.finish()
}

fn head(page: &Page, title: &str, out: &mut Html) {
    // The version makes the address of a new file a new one: browsers keep the old for ever.
    let asset = |name: &str| format!("/assets/{name}?v={}", page.settings.site.version);
    out.tag("meta").attr("charset", "utf-8").void();
    let key = if page.failed { "page-title-error" } else { "page-title" };
    let title = page.t_with(key, &[("title", title.into()), ("service", page.t("service-name").into())]);
    // Isolation marks of Arabic would show in the tab of some browsers.
    out.tag("title").text(&title.replace(words::APART, ""));
    out.tag("meta")
        .attr("name", "viewport")
        .attr("content", "width=device-width, initial-scale=1, viewport-fit=cover")
        .void();
    out.tag("meta").attr("name", "theme-color").attr("content", "#14505c").void();
    out.tag("link").attr("rel", "stylesheet").attr("href", &asset("guichet.css")).void();
    out.tag("link")
        .attr("rel", "icon")
        .attr("href", &asset("favicon.svg"))
        .attr("type", "image/svg+xml")
        .void();
    if page.kiosk() {
        // With a script the count begins anew at each touch and key; without one, with each page.
        out.raw(r#"<noscript><meta http-equiv="refresh" content="90; url=/track/idle"></noscript>"#);
        out.tag("script")
            .flag("defer", true)
            .attr_some("nonce", page.nonce.as_ref().map(|nonce| nonce.0.as_str()))
            .attr("src", &asset("idle.js"))
            .text("");
    }
    if page.islands && page.settings.site.islands {
        out.tag("script")
            .attr("type", "module")
            .attr_some("nonce", page.nonce.as_ref().map(|nonce| nonce.0.as_str()))
            .attr("src", &asset("islands.js"))
            .text("");
    }
}

fn header(page: &Page, out: &mut Html) {
    out.tag("header").class("govuk-template__header app-header").with(|out| {
        out.tag("div").class("govuk-width-container app-header__bar").with(|out| {
            out.tag("a").class("app-header__name").attr("href", "/").with(|out| {
                out.raw(MARK);
                out.tag("span").text(&page.t("service-name"));
            });
            out.tag("nav").attr("aria-label", &page.t("language-label")).with(|out| {
                out.tag("ul").class("app-header__tools").with(|out| {
                    for lang in Lang::ALL {
                        out.tag("li").with(|out| {
                            let current = lang == page.lang;
                            out.tag("a")
                                .class("app-header__link")
                                .attr("href", &with_language(page, lang))
                                .attr("lang", lang.code())
                                .attr("hreflang", lang.code())
                                .attr_some("aria-current", current.then_some("true"))
                                .text(lang.own_name());
                        });
                    }
                });
            });
            if let Some(person) = &page.person {
                out.tag("div").class("app-header__tools").with(|out| {
                    out.tag("a").class("app-header__link").attr("href", "/account").with(|out| {
                        out.tag("span").class("govuk-visually-hidden").text(&page.t("navigation-account"));
                        out.text(" ");
                        out.tag("bdi").text(&person.name);
                    });
                    out.tag("form").attr("method", "post").attr("action", "/sign-out").with(|out| {
                        out.tag("button")
                            .attr("type", "submit")
                            .class("app-header__link")
                            .text(&page.t("sign-out"));
                    });
                });
            }
        });
    });
    if page.settings.demo {
        out.tag("div")
            .class("app-demo")
            .attr("role", "region")
            .attr("aria-label", &page.t("demo-label"))
            .with(|out| {
                out.tag("p").class("govuk-width-container").text(&page.t("demo-database"));
            });
    }
}

/// What stands between header and content.
fn above(page: &Page, out: &mut Html) {
    if !page.crumbs.is_empty() {
        out.component(&Breadcrumbs { items: page.crumbs.clone(), collapse: true, ..Breadcrumbs::default() });
    } else if let Some(back) = &page.back {
        out.component(&BackLink::new(back.as_str()));
    }
}

fn footer(page: &Page, out: &mut Html) {
    out.tag("footer").class("govuk-template__footer govuk-footer app-footer").with(|out| {
        out.tag("div").class("govuk-width-container").with(|out| {
            out.tag("p").class("govuk-body-s govuk-!-margin-bottom-1").text(&page.t("footer-about"));
            out.tag("p").class("govuk-body-s govuk-!-margin-bottom-0").text(&page.t("footer-free"));
        });
    });
}

/// This page's address with another language.
fn with_language(page: &Page, lang: Lang) -> String {
    let kept = page
        .query
        .iter()
        .flat_map(|query| query.split('&'))
        .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
    let mut href = format!("{}?", page.path);
    for pair in kept {
        href.push_str(pair);
        href.push('&');
    }
    href.push_str("lang=");
    href.push_str(lang.code());
    href
}

/// The service's mark: a window.
const MARK: &str = r#"<svg class="app-header__mark" xmlns="http://www.w3.org/2000/svg" width="28" height="28" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><path d="M6 26V13a10 10 0 0 1 20 0v13z" fill="none" stroke="currentColor" stroke-width="3"/><path d="M16 5v14M7 15h18" stroke="currentColor" stroke-width="2"/><path d="M3 27h26" stroke="currentColor" stroke-width="3"/></svg>"#;
