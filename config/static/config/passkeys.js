// A passkey is asked of the browser: to be made, or to be used as the second factor.
async function ask(form) {
  const headers = {
    "Content-Type": "application/json",
    "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value,
  };
  const post = async (address, body) => {
    const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body ?? {}) });
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    return answer.json();
  };
  const isNew = form.dataset.kind === "create";
  const options = await post(form.dataset.begin);
  const key = isNew
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  const done = await post(form.dataset.complete, key.toJSON());
  location.assign(done.redirect_url ?? location.href);
}

for (const form of document.querySelectorAll("form.passkey")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector(".problem");
    problem.textContent = "";
    if (!globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON) {
      problem.textContent = problem.dataset.unknown;
      return;
    }
    try {
      await ask(form);
    } catch {
      problem.textContent = problem.dataset.failed;
    }
  });
}
