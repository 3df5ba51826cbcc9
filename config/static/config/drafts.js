// What somebody typed outlives a session that ended and a form that was refused: each long text, and what was chosen
// beside it, is kept in this tab until it was taken, for who typed it. A form says with data-draft what it is about;
// else its address does.
const person = document.currentScript.dataset.person;
const SENT = "veedor-sent";

function keyOf(field) {
  const address = new URL(field.form.getAttribute("action") ?? "", location.href);
  // Several boxes have one name, and each is kept.
  const names = field.type === "checkbox" ? [field.name, field.value] : [field.name];
  return ["veedor-draft", person, address.pathname, field.form.dataset.draft ?? address.search, ...names].join(" ");
}

function keep(field) {
  if (field.type === "radio" && !field.checked) {
    return;
  }
  if (field.value && (field.type !== "checkbox" || field.checked)) {
    sessionStorage.setItem(keyOf(field), field.value);
  } else {
    sessionStorage.removeItem(keyOf(field));
  }
}

// The page after a form tells whether it was taken; a later success is of something else.
if (document.querySelector(".messagelist .success")) {
  JSON.parse(sessionStorage.getItem(SENT) ?? "[]").forEach((key) => sessionStorage.removeItem(key));
}
sessionStorage.removeItem(SENT);

for (const form of document.querySelectorAll("#content form[method=post]")) {
  const texts = [...form.querySelectorAll("textarea:not([readonly])")];
  const fields = texts.length ? [...texts, ...form.querySelectorAll("input[type=radio], input[type=checkbox]")] : [];
  for (const field of fields) {
    const draft = sessionStorage.getItem(keyOf(field));
    if (field.type === "radio") {
      // What the page says is chosen stays so, and what a preview was of stands hidden in its form.
      const isFree = form.elements[field.name].value === "" && !field.closest("[hidden]");
      field.checked ||= isFree && field.value === draft;
    } else if (field.type === "checkbox") {
      field.checked ||= field.value === draft && !field.closest("[hidden]");
    } else if (draft && !field.value) {
      field.value = draft;
      field.closest("details")?.setAttribute("open", "");
    }
    field.addEventListener("input", () => keep(field));
  }
  form.addEventListener("submit", () => {
    fields.forEach(keep);
    sessionStorage.setItem(SENT, JSON.stringify(fields.map(keyOf)));
  });
}
