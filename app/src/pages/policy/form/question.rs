//! One question of a change's form: its words in every language, when it is asked, where it stands, whether it is asked.

use axum::extract::{Path, State};
use axum::response::Response;
use casework::Casework;
use casework::policy::FormWords;
use domain::definitions::Literal;
use domain::form::{Question, Sensitivity, registry};
use domain::ids::ChangeId;
use domain::policy::edit::FormEdit;
use leptos::prelude::*;

use super::overview::standing;
use super::typed::Texts;
use super::{Matter, Said, address, make};
use crate::kit::{
    Button, Checkboxes, Content, Input, NotificationBanner, Problems, Radios, Select, SummaryList,
};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Done, Pairs, SignedIn, value};

/// The texts of a question.
pub(super) const TEXTS: [(&str, &str); 4] = [
    ("", "policy-form-text"),
    (".short", "policy-form-text-short"),
    (".hint", "policy-form-text-hint"),
    (".constraint", "policy-form-text-constraint"),
];

/// Who may see answers.
pub(super) const SENSITIVITIES: [(&str, Sensitivity); 3] = [
    ("normal", Sensitivity::Normal),
    ("health", Sensitivity::Health),
    ("protection", Sensitivity::Protection),
];

fn find<'m>(matter: &'m Matter, id: &str) -> Result<&'m Question, Failure> {
    let own = matter.draft.form.question(id).filter(|own| own.module != registry::MODULE);
    own.ok_or_else(Failure::not_found)
}

fn here(id: ChangeId, question: &str) -> String {
    format!("{}/questions/{question}", address(id))
}

/// `GET /policy/{change}/form/questions/{question}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((id, question)): Path<(ChangeId, String)>,
    Asked(done): Asked<Done>,
) -> Answer {
    let matter = Matter::load(&casework, &actor, id).await?;
    let own = find(&matter, &question)?;
    Ok(show(&page, &matter, own, done.done == "kept", &Said::default(), None))
}

/// `POST /policy/{change}/form/questions/{question}`: every edit, named by `act`.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((id, question)): Path<(ChangeId, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let matter = Matter::load(&casework, &actor, id).await?;
    let own = find(&matter, &question)?;
    let mut problems = Problems::new();
    let (edit, words, field) = match value(&pairs, "act") {
        "move" => {
            let (group, after) = value(&pairs, "place").split_once('|').unwrap_or_default();
            let after = Some(after.to_owned()).filter(|after| !after.is_empty());
            let edit = FormEdit::Move { id: question.clone(), group: group.to_owned(), after };
            (Some(edit), FormWords::new(), "place")
        }
        act @ ("retire" | "bring_back") => {
            let edit = FormEdit::Retire { id: question.clone(), retired: act == "retire" };
            (Some(edit), FormWords::new(), "retire")
        }
        _ => {
            let key = format!("question.{question}");
            let texts = Texts { key: &key, name: "text", parts: &TEXTS };
            let words = texts.read(&page, &matter, &pairs, &mut problems);
            let fields = fields(own, &pairs);
            let edit = (!fields.is_empty()).then(|| FormEdit::Set { id: question.clone(), fields });
            (edit, words, "relevant")
        }
    };
    let said = if problems.is_empty() {
        let done = format!("{}?done=kept", here(id, &question));
        let of = (id, value(&pairs, "version"));
        match make((&casework, &actor, &page), of, (edit, words), (&done, field)).await {
            Ok(done) => return Ok(done),
            Err(said) => said?,
        }
    } else {
        Said { problems, ..Said::default() }
    };
    let matter = Matter::load(&casework, &actor, id).await?;
    let own = find(&matter, &question)?;
    let typed = Some(pairs.as_slice()).filter(|_| value(&pairs, "act") == "save");
    Ok(show(&said.on(page), &matter, own, false, &said, typed))
}

/// What of a question is typed differently; an empty text takes a key out.
fn fields(own: &Question, pairs: &[(String, String)]) -> Vec<(String, Option<Literal>)> {
    let mut fields = Vec::new();
    for (key, before) in [("relevant", &own.relevant), ("constraint", &own.constraint)] {
        let typed = value(pairs, key);
        if typed != before.as_ref().map_or("", |text| text.text.as_str()) {
            let text = (!typed.is_empty()).then(|| Literal::Text(typed.to_owned()));
            fields.push((key.to_owned(), text));
        }
    }
    if own.kind.is_asked() {
        let is_ticked = |name: &str| pairs.iter().any(|(key, value)| key == "answer" && value == name);
        for (key, before, usual) in [
            ("required", own.required, false),
            ("dont_know", own.dont_know, true),
            ("refused", own.refused, true),
        ] {
            let now = is_ticked(key);
            if now != before {
                fields.push((key.to_owned(), (now != usual).then_some(Literal::Bool(now))));
            }
        }
    }
    let typed = value(pairs, "sensitivity");
    if let Some((word, now)) = SENSITIVITIES.iter().find(|(word, _)| *word == typed)
        && *now != own.sensitivity
    {
        let word = (*now != Sensitivity::Normal).then(|| Literal::Text((*word).to_owned()));
        fields.push(("sensitivity".into(), word));
    }
    fields
}

fn show(
    page: &Page,
    matter: &Matter,
    own: &Question,
    is_kept: bool,
    said: &Said,
    typed: Option<&[(String, String)]>,
) -> Response {
    let page = &page.clone().back(address(matter.id()));
    let title = matter.label(page, &format!("question.{}", own.id), &own.id).to_owned();
    render(page, &title, || {
        let news = is_kept.then(|| NotificationBanner::success(page.t("policy-form-kept")));
        let edits = matter.is_open().then(|| {
            view! {
                {asked(page, matter, own, said, typed)}
                {places(page, matter, own, said)}
                {retiring(page, matter, own, said)}
            }
        });
        view! {
            {news}
            {said.summary(page)}
            {matter.caption()}
            <h1 class="govuk-heading-l"><bdi>{title.clone()}</bdi></h1>
            {matter.closed(page)}
            {about(page, matter, own)}
            {edits}
        }
        .into_any()
    })
}

/// What never changes, and where it stands.
fn about(page: &Page, matter: &Matter, own: &Question) -> AnyView {
    let code = |text: &str| {
        let text = text.to_owned();
        Content::view(view! { <code dir="ltr">{text}</code> })
    };
    let mut list = SummaryList::new()
        .row(page.t("policy-form-id"), code(&own.id))
        .row(page.t("policy-form-kind"), page.t_of("policy-form-kind", own.kind.word()))
        .row(
            page.t("policy-form-group"),
            matter.label(page, &format!("group.{}", own.group), &own.group).to_owned(),
        );
    if let Some(choices) = &own.choices {
        let (href, id) = (format!("{}/lists/{choices}", address(matter.id())), choices.clone());
        let link = view! { <a class="govuk-link" href=href><code dir="ltr">{id}</code></a> };
        list = list.row(page.t("policy-form-list"), Content::view(link));
    }
    for (key, text) in [("policy-form-unit", &own.unit), ("policy-form-period", &own.period)] {
        if let Some(text) = text {
            list = list.row(page.t(key), text.clone());
        }
    }
    if let Some(text) = &own.expression {
        list = list.row(page.t("policy-form-expression"), code(&text.text));
    }
    list = list.row(page.t("policy-form-standing"), Content::view(standing(page, matter, own)));
    let fixed = matter.draft.in_force.contains(&own.id);
    let note = fixed.then(|| view! { <p class="govuk-body">{page.t("policy-form-fixed")}</p> });
    view! { {list} {note} }.into_any()
}

fn asked(
    page: &Page,
    matter: &Matter,
    own: &Question,
    said: &Said,
    typed: Option<&[(String, String)]>,
) -> AnyView {
    let key = format!("question.{}", own.id);
    let texts = Texts { key: &key, name: "text", parts: &TEXTS };
    let kept = |text: &Option<domain::definitions::ExprText>| text.as_ref().map(|text| text.text.clone());
    let text = |name: &str, kept: Option<String>| match typed {
        Some(pairs) => value(pairs, name).to_owned(),
        None => kept.unwrap_or_default(),
    };
    let answers = [("required", own.required), ("dont_know", own.dont_know), ("refused", own.refused)];
    let ticked: Vec<String> = match typed {
        Some(pairs) => {
            pairs.iter().filter(|(key, _)| key == "answer").map(|(_, value)| value.clone()).collect()
        }
        None => answers.iter().filter(|(_, on)| *on).map(|(key, _)| (*key).to_owned()).collect(),
    };
    let answer = own.kind.is_asked().then(|| {
        Checkboxes::new("answer", page.t("policy-form-answer"))
            .items(answers.map(|(key, _)| (key, page.t_of("policy-form-answer", key))))
            .values(ticked)
    });
    let sensitivity =
        SENSITIVITIES.iter().find(|(_, one)| *one == own.sensitivity).map(|(word, _)| (*word).to_owned());
    view! {
        <form method="post" action=here(matter.id(), &own.id) novalidate>
            {matter.version()}
            <h2 class="govuk-heading-m">{page.t("policy-form-words")}</h2>
            {texts.fields(page, matter, typed, &said.problems)}
            <h2 class="govuk-heading-m">{page.t("policy-form-asked")}</h2>
            {expressions(page, &text("relevant", kept(&own.relevant)), &text("constraint", kept(&own.constraint)), own.kind.is_asked(), &said.problems)}
            {answer}
            {Radios::new("sensitivity", page.t("policy-form-sensitivity"))
                .items(SENSITIVITIES.map(|(word, _)| (word, page.t_of("policy-form-sensitivity", word))))
                .value(text("sensitivity", sensitivity))}
            {Button::new(page.t("policy-form-save")).named("act", "save")}
        </form>
    }
    .into_any()
}

/// When a question is asked, and what must hold for its answer.
pub(super) fn expressions(
    page: &Page,
    relevant: &str,
    constraint: &str,
    is_asked: bool,
    problems: &Problems,
) -> AnyView {
    let constraint = is_asked.then(|| {
        Input::new("constraint", page.t("policy-form-constraint"))
            .hint(page.t("policy-form-constraint-hint"))
            .value(constraint)
            .attribute("dir", "ltr")
            .attribute("spellcheck", "false")
            .error(problems.of("constraint"))
    });
    view! {
        {Input::new("relevant", page.t("policy-form-relevant"))
            .hint(page.t("policy-form-relevant-hint"))
            .value(relevant)
            .attribute("dir", "ltr")
            .attribute("spellcheck", "false")
            .error(problems.of("relevant"))}
        {constraint}
    }
    .into_any()
}

/// Every place in the form: first on a page, or behind a question.
pub(super) fn all_places(page: &Page, matter: &Matter, without: Option<&str>) -> Vec<(String, String)> {
    let form = &matter.draft.form;
    let mut places = Vec::new();
    for group in form.groups.iter().filter(|group| form.modules.iter().any(|own| own.id == group.module)) {
        if domain::pack::Pack::is_closing(&group.module) {
            continue;
        }
        let label = matter.label(page, &format!("group.{}", group.id), &group.id).to_owned();
        let first = page.t_with("policy-form-place-first", &[("page", label.as_str().into())]);
        places.push((format!("{}|", group.id), first));
        for question in form.questions_of(group).filter(|own| Some(own.id.as_str()) != without) {
            let text = matter.label(page, &format!("question.{}", question.id), &question.id);
            let args = [("page", label.as_str().into()), ("question", text.into())];
            places.push((
                format!("{}|{}", group.id, question.id),
                page.t_with("policy-form-place-after", &args),
            ));
        }
    }
    places
}

/// Where a question stands now.
fn place_of(matter: &Matter, own: &Question) -> String {
    let form = &matter.draft.form;
    let Some(group) = form.group(&own.group) else { return String::new() };
    let before = form.questions_of(group).take_while(|one| one.id != own.id).last();
    format!("{}|{}", own.group, before.map_or("", |one| one.id.as_str()))
}

fn places(page: &Page, matter: &Matter, own: &Question, said: &Said) -> AnyView {
    view! {
        <h2 class="govuk-heading-m">{page.t("policy-form-move")}</h2>
        <form method="post" action=here(matter.id(), &own.id) novalidate>
            {matter.version()}
            {Select::new("place", page.t("policy-form-place"))
                .items(all_places(page, matter, Some(&own.id)))
                .value(place_of(matter, own))
                .error(said.problems.of("place"))}
            {Button::new(page.t("policy-form-move-button")).secondary().named("act", "move")}
        </form>
    }
    .into_any()
}

fn retiring(page: &Page, matter: &Matter, own: &Question, said: &Said) -> AnyView {
    let (title, lead, button, act) = if own.retired {
        ("policy-form-back", "policy-form-back-lead", "policy-form-back-button", "bring_back")
    } else {
        ("policy-form-retire", "policy-form-retire-lead", "policy-form-retire-button", "retire")
    };
    let wrong =
        said.problems.of("retire").map(|message| view! { <p class="govuk-error-message">{message}</p> });
    view! {
        <h2 class="govuk-heading-m" id="retire">{page.t(title)}</h2>
        <p class="govuk-body">{page.t(lead)}</p>
        {wrong}
        <form method="post" action=here(matter.id(), &own.id)>
            {matter.version()}
            {Button::new(page.t(button)).secondary().named("act", act)}
        </form>
    }
    .into_any()
}
