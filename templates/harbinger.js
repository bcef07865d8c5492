// Adds to each address a button that copies it. Without scripts the field is there to copy from.
"use strict";
for (const field of document.querySelectorAll("input[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = field.dataset.copy;
  button.setAttribute("aria-describedby", field.id + "-label");
  // Spoken by screen readers when it changes.
  const said = document.createElement("span");
  said.className = "unseen";
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      // No clipboard without HTTPS: the old way.
      document.execCommand("copy");
    }
    button.textContent = said.textContent = field.dataset.copied;
    setTimeout(() => {
      button.textContent = field.dataset.copy;
      said.textContent = "";
    }, 2000);
  });
  field.after(button, said);
}
