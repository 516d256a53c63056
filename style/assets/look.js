// While a person is typed: when a field is left, asks who may be registered already, and shows the same list that the
// next page would. An older question is given up for a newer one. Without this file the next page asks.
const form = document.querySelector("form[data-look]");
const region = document.getElementById("look");
let under;

async function ask() {
  under?.abort();
  under = new AbortController();
  try {
    const body = new URLSearchParams(new FormData(form));
    const reply = await fetch(form.dataset.look, { method: "POST", body, signal: under.signal });
    if (!reply.ok) return;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    region.replaceChildren(...(page.getElementById("candidates")?.childNodes ?? []));
  } catch (error) {
    // Whatever went wrong: the next page asks again, and an old list would mislead.
    if (error.name !== "AbortError") region.replaceChildren();
  }
}

form?.addEventListener("change", ask);
