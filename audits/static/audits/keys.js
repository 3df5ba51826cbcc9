// One key for each step of triage. While someone types, keys are letters; with Ctrl, Alt or Meta they are the browser's,
// but for Ctrl+Enter, which sends the form with the decision that a key chose.
let chosen = null;

function choose(button) {
  chosen?.classList.remove("chosen");
  chosen = button;
  chosen.classList.add("chosen");
}

function send(form) {
  if (!form.querySelector("button[name=decision]")) {
    form.requestSubmit();
  } else if (chosen) {
    chosen.click();
  }
}

// A key of the list chose the decision: the page that it opened goes on with it. Where nothing is decided it ends, or it
// would be the decision on whatever is opened next.
const carried = sessionStorage.getItem("veedor-decision");
sessionStorage.removeItem("veedor-decision");
if (carried && document.querySelector(".decide textarea, .together textarea")) {
  const element = document.querySelector(`[data-key="${carried}"]`);
  if (element?.tagName === "BUTTON") {
    choose(element);
  } else {
    element?.click();
  }
  document.querySelector(".decide textarea, .together textarea").focus();
}

// A kind of reason is one for one decision: whoever chose none yet chooses that too, and sees it before it is sent.
document.addEventListener("change", (event) => {
  const { decision } = event.target.dataset;
  if (!decision || event.target.closest("[hidden]")) {
    return;
  }
  const button = document.querySelector(`.decide button[name=decision][value="${decision}"]`);
  if (button && !chosen) {
    choose(button);
  }
  const radio = document.querySelector(`.together input[name=decision][value="${decision}"]`);
  if (radio && !document.querySelector(".together input[name=decision]:checked")) {
    radio.checked = true;
  }
});

// The kind that came with a reason of one's own: one that was chosen by hand stays.
let recalled = null;

function write(reason, own) {
  reason.value = own?.dataset.reason ?? "";
  reason.dispatchEvent(new Event("input", { bubbles: true }));
  const checked = document.querySelector(".kinds :checked");
  const kind = own && [...document.querySelectorAll(".kinds input")].find((radio) => radio.value === own.dataset.kind);
  if (kind && (!checked || checked === recalled)) {
    kind.click();
    recalled = kind;
  }
}

// Up and down in a reason: what the person wrote before, for the decision chosen. What was begun by hand is not replaced.
function recall(reason, by) {
  const decision = chosen?.value ?? document.querySelector(".together input[name=decision]:checked")?.value;
  const own = [...document.querySelectorAll("[data-reason]")].filter((one) => !decision || one.dataset.answer === decision);
  const place = own.findIndex((one) => one.dataset.reason === reason.value);
  const next = place + by;
  if (!own.length || (reason.value && place < 0) || next < -1 || next >= own.length) {
    return false;
  }
  write(reason, own[next]);
  return true;
}

document.addEventListener("click", (event) => {
  const own = event.target.closest("[data-reason]");
  const reason = own && document.querySelector(".decide textarea, .together textarea");
  if (reason) {
    write(reason, own);
    reason.focus();
  }
});

document.addEventListener("keydown", (event) => {
  const target = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat && target.tagName === "TEXTAREA") {
    event.preventDefault();
    send(target.form);
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) {
    return;
  }
  const isTyping = target.isContentEditable || target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
  const reason = document.querySelector(".decide textarea, .together textarea");
  if (isTyping) {
    if (event.key === "Escape") {
      target.blur();
    }
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (by && target === reason && !event.shiftKey && recall(reason, by)) {
      event.preventDefault();
    }
    // The key of a decision leads into its reason. The number printed beside a kind chooses it there too, once, while
    // nothing is written: else it would stand in a reason that nobody can take back.
    const kind = [...document.querySelectorAll(".kinds [data-key]")].find((element) => element.dataset.key === event.key);
    if (kind && target === reason && !reason.value && !document.querySelector(".kinds :checked")) {
      event.preventDefault();
      kind.click();
    }
    return;
  }
  if (event.key === "r" && reason) {
    event.preventDefault();
    reason.focus();
    return;
  }
  for (const element of document.querySelectorAll("[data-key]")) {
    // What a preview was of stands hidden in its form, and no key changes it.
    if (element.dataset.key !== event.key || element.closest("[hidden]")) {
      continue;
    }
    event.preventDefault();
    // A decision needs its reason: the key leads there, and is remembered. It sends nothing, as what stands there may
    // have been written an hour ago.
    const isDecision = reason && ["c", "d", "i"].includes(event.key);
    if (isDecision && element.tagName === "BUTTON") {
      choose(element);
    } else {
      element.click();
    }
    if (isDecision) {
      reason.focus();
    }
    return;
  }
});
