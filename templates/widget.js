// <harbinger-headlines feed="portal/section" limit="5">what shows without this script</harbinger-headlines>
// Attributes: feed (portal, portal/section or events/ID), limit (1 to 50), heading, theme (light, dark; else the reader's).
// Colours and font: --harbinger-ink, -soft, -accent, -line, -paper, -font. No cookie, nothing but one request to us.
(() => {
  "use strict";
  const name = "harbinger-headlines";
  const script = document.currentScript;
  if (!script || customElements.get(name)) return;
  const home = new URL(".", script.src);
  // Among files that nobody answers for, the feed itself is read.
  const isAnswered = true;
  const dark = "--ink:#e8e5df;--soft:#a5abb3;--accent:#ff9f85;--line:#31353b";
  const style = new CSSStyleSheet();
  style.replaceSync(`
:host{--ink:#1e2124;--soft:#5a6068;--accent:#96301d;--line:#e4dfd6;display:block;color:var(--harbinger-ink,var(--ink));
background:var(--harbinger-paper,none);font:1rem/1.6 var(--harbinger-font,system-ui,sans-serif);overflow-wrap:anywhere}
:host([hidden]){display:none}
@media(prefers-color-scheme:dark){:host(:not([theme=light])){${dark}}}
:host([theme=dark]){${dark}}
h2{margin:0;font-size:1.125em}ol{margin:0;padding:0;list-style:none}
li{padding:.6em 0;border-bottom:1px solid var(--harbinger-line,var(--line))}
a{color:inherit;font-weight:600;text-decoration:none}
a:hover,a:focus-visible,p a{color:var(--harbinger-accent,var(--accent));text-decoration:underline}
p{margin:.15em 0 0;color:var(--harbinger-soft,var(--soft));font-size:.875em}`);

  const element = (kind, text, properties) => Object.assign(document.createElement(kind), { textContent: text ?? "" }, properties);
  const link = (text, address, language) => {
    const url = URL.canParse(address) ? new URL(address) : home;
    // What is no address of a page (javascript:, data:) leads home.
    const href = /^https?:$/.test(url.protocol) ? url.href : home.href;
    return element("a", text, { href, target: "_blank", rel: "noopener", lang: language ?? "", dir: "auto" });
  };

  customElements.define(name, class extends HTMLElement {
    static observedAttributes = ["feed", "limit", "heading"];
    #root = this.attachShadow({ mode: "open" });
    #asked = 0;

    constructor() {
      super();
      this.#root.adoptedStyleSheets = [style];
      this.#root.append(document.createElement("slot"));
    }

    connectedCallback() {
      this.#show();
    }

    attributeChangedCallback() {
      if (this.isConnected) this.#show();
    }

    async #show() {
      const asked = ++this.#asked;
      const feed = this.getAttribute("feed") ?? "";
      const page = new URL((feed.startsWith("events/") ? "" : "feeds/") + feed, home);
      const limit = this.getAttribute("limit") ?? 5;
      const address = isAnswered ? new URL("api/v1/headlines?" + new URLSearchParams({ feed, limit }), home) : page + ".json";
      const parts = [];
      try {
        const answer = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer" });
        if (!answer.ok) throw new Error(answer.status);
        const list = document.createElement("ol");
        const found = await answer.json();
        for (const item of found.items.slice(0, limit)) {
          const row = document.createElement("li");
          const when = new Date(item.published ?? item.date_published);
          const day = isNaN(when) ? "" : when.toLocaleDateString(this.lang || navigator.language, { dateStyle: "medium" });
          row.append(link(item.title, item.url, item.language ?? found.language), element("p", day));
          list.append(row);
        }
        const heading = this.getAttribute("heading");
        if (heading) parts.push(element("h2", heading, { dir: "auto" }));
        parts.push(list);
      } catch {
        // What stands in the element stays; without anything, a link to the feed's page.
        parts.push(this.textContent.trim() ? document.createElement("slot") : link(page.href, page.href));
      }
      if (asked === this.#asked) this.#root.replaceChildren(...parts);
    }
  });
})();
