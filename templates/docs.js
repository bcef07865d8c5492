// Sends what the forms of /docs say and shows the answer. Without scripts the plain ones are sent by the browser.
"use strict";
const bearer = document.getElementById("bearer");
document.getElementById("token").hidden = false;
document.getElementById("token").addEventListener("submit", (event) => event.preventDefault());

async function send(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const options = { method: form.dataset.method, headers: {} };
  for (const field of form.querySelectorAll("[data-in]")) {
    if (field.dataset.in === "path") {
      path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
    } else if (field.dataset.in === "query" && field.value !== "") {
      query.append(field.name, field.value);
    } else if (field.dataset.in === "body" && field.value !== "") {
      options.body = field.value;
      options.headers["Content-Type"] = "application/json";
    }
  }
  if (bearer.value !== "" && path.startsWith("api/v1/admin/")) {
    options.headers.Authorization = `Bearer ${bearer.value}`;
  }
  const address = path + (query.size > 0 ? `?${query}` : "");
  const answer = await fetch(address, options);
  let text = await answer.text();
  if ((answer.headers.get("Content-Type") ?? "").includes("json")) {
    text = JSON.stringify(JSON.parse(text), null, 2);
  }
  const head = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  return `${options.method} ${address}\n${answer.status} ${answer.statusText}\n${head}\n\n${text}`;
}

for (const form of document.querySelectorAll("form[data-method]")) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const output = form.nextElementSibling;
    output.hidden = false;
    output.textContent = "…";
    try {
      output.textContent = await send(form);
    } catch (error) {
      output.textContent = String(error);
    }
  });
}
