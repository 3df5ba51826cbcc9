// One key for each step of triage. While someone types, keys are letters; with Ctrl, Alt or Meta they are the browser's,
// but for Ctrl+Enter, which sends the form with the decision that was chosen.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat && event.target.form) {
    if (event.target.tagName === "TEXTAREA" && !event.target.form.querySelector("button[name=decision]")) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) {
    return;
  }
  const target = event.target;
  if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) {
    if (event.key === "Escape") {
      target.blur();
    }
    return;
  }
  const reason = document.querySelector(".decide textarea");
  if (event.key === "r" && reason) {
    event.preventDefault();
    reason.focus();
    return;
  }
  for (const element of document.querySelectorAll("[data-key]")) {
    if (element.dataset.key !== event.key) {
      continue;
    }
    event.preventDefault();
    // A decision needs its reason: the key leads there first.
    if (reason && !reason.value.trim() && ["c", "d", "i"].includes(event.key)) {
      reason.focus();
    } else {
      element.click();
    }
    return;
  }
});
