//! The known kinds of attacks on HTML cleaners, each in spellings of our own: what comes out must be harmless for an
//! XML reader and for a browser, and must stay as it is when it is cleaned again.

use dom_query::Document;
use proptest::prelude::*;
use url::Url;

use super::{SafeHtml, TAGS};

fn clean(html: &str) -> String {
    SafeHtml::sanitise(html, &Url::parse("https://news.example/a/b.html").unwrap()).as_str().to_owned()
}

/// Why markup is not harmless.
fn harm(out: &str) -> Option<String> {
    let document = format!("<div>{out}</div>");
    let parsed = match roxmltree::Document::parse(&document) {
        Ok(parsed) => parsed,
        Err(error) => return Some(format!("no XML: {error}")),
    };
    let of_attribute = |name: &str, value: &str| {
        let value = value.trim().to_ascii_lowercase();
        let is_address = matches!(name, "href" | "src" | "poster" | "cite");
        let is_web = ["https://", "http://", "mailto:"].iter().any(|scheme| value.starts_with(scheme));
        let is_known = matches!(
            name,
            "lang"
                | "alt"
                | "title"
                | "width"
                | "height"
                | "controls"
                | "type"
                | "colspan"
                | "rowspan"
                | "datetime"
                | "start"
        );
        (!(is_address && is_web || is_known)).then(|| format!("{name}={value}"))
    };
    for node in parsed.descendants().filter(roxmltree::Node::is_element) {
        if !TAGS.contains(&node.tag_name().name()) {
            return Some(format!("XML reads <{}>", node.tag_name().name()));
        }
        if let Some(harm) = node.attributes().find_map(|attribute| of_attribute(attribute.name(), attribute.value())) {
            return Some(format!("XML reads {harm}"));
        }
    }
    let page = Document::from(format!("<!DOCTYPE html><body>{out}</body>"));
    for node in page.select("*").nodes() {
        let name = node.node_name().unwrap_or_default().to_string();
        if !TAGS.contains(&name.as_str()) && !["html", "head", "body"].contains(&name.as_str()) {
            return Some(format!("a browser reads <{name}>"));
        }
        let attributes = node.attrs();
        if let Some(harm) =
            attributes.iter().find_map(|attribute| of_attribute(&attribute.name.local, &attribute.value))
        {
            return Some(format!("a browser reads {harm}"));
        }
    }
    let again = clean(out);
    (again != out).then(|| format!("cleaned again it is {again}"))
}

fn check(attacks: &[&str]) {
    for attack in attacks {
        let out = clean(attack);
        assert_eq!(harm(&out), None, "{attack} gave {out}");
    }
}

#[test]
fn scripts_in_every_spelling_go() {
    check(&[
        "<SCRIPT>attack()</SCRIPT>",
        "<script/x>attack()</script\n>",
        "<script\u{c}src=//evil.example/x.js></script>",
        "<scr<script>ipt>attack()</script>",
        "<<script>attack();//<</script>",
        "<script>attack()",
        "<script><!--<script>attack()--></script>",
        "<script type=module>attack()</script>",
        "<script>/*</style>*/attack()</script>",
        "</p><script>attack()</script><p>",
        "<style>@import '//evil.example/x.css';attack()</style>",
        "<style><!--</style><script>attack()//--></script>",
        "<link rel=stylesheet href='javascript:attack()'>",
        "<xss><script>attack()</script></xss>",
        "<noscript><script>attack()</script></noscript>",
        "<plaintext><script>attack()</script>",
        "<xmp><script>attack()</script></xmp>",
        "<listing>&lt;script>attack&#40;)</script></listing>",
    ]);
}

#[test]
fn event_handlers_and_styles_go() {
    check(&[
        "<img src=x onerror=attack()>",
        "<img src=x OnErRoR='attack()'>",
        "<img/src=x/onerror=attack()>",
        "<img src=x\nonerror\n=\nattack()>",
        "<img src=`x`onerror=attack()>",
        "<img \"\"\"><script>attack()</script>\">",
        "<body onload=attack()>t",
        "<p onmouseover=\"attack()\" onfocus=attack() tabindex=1 autofocus>t</p>",
        "<video onloadstart=attack() src=/v><source onerror=attack()></video>",
        "<audio src onerror=attack()>",
        "<details open ontoggle=attack()>t</details>",
        "<marquee onstart=attack()>t</marquee>",
        "<p style='width:expression(attack())'>t</p>",
        "<p style=\"background:url('javascript:attack()')\">t</p>",
        "<p style='behavior:url(//evil.example/x.htc);-moz-binding:url(//evil.example/x.xml#a)'>t</p>",
        "<div style=\"background-image:\\75rl(javascript:attack())\">t</div>",
        "<table background='javascript:attack()'><td background='javascript:attack()'>t</table>",
        "<p id=x name=y class=z data-x='attack()' slot=s is=i>t</p>",
    ]);
}

#[test]
fn addresses_that_run_go() {
    check(&[
        "<a href=javascript:attack()>t</a>",
        "<a href=JaVaScRiPt:attack()>t</a>",
        "<a href='jav&#x09;ascript:attack()'>t</a>",
        "<a href='jav&#10;ascript:attack()'>t</a>",
        "<a href=' &#14; javascript:attack()'>t</a>",
        "<a href='&#106;&#97;vascript&colon;attack()'>t</a>",
        "<a href='&#0000106avascript:attack()'>t</a>",
        "<a href='\u{1}javascript:attack()'>t</a>",
        "<a href='javascript&Tab;:attack()'>t</a>",
        "<a href='vbscript:attack()'>t</a>",
        "<a href='livescript:attack()'>t</a>",
        "<a href='data:text/html;base64,YXR0YWNrKCk='>t</a>",
        "<a href='data:image/svg+xml,<svg onload=attack()>'>t</a>",
        "<a href='blob:https://news.example/1'>t</a><a href='file:///etc/passwd'>t</a>",
        "<a href='view-source:javascript:attack()'>t</a>",
        "<a href='feed:javascript:attack()'>t</a>",
        "<a href='//javascript:attack()'>t</a>",
        "<img src='data:image/svg+xml;utf8,<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"attack()\"/>'>",
        "<img srcset='javascript:attack() 2x, data:text/html,attack() 3x' src=x>",
        "<img lowsrc=javascript:attack() dynsrc=javascript:attack()>",
        "<picture><source srcset='javascript:attack()'><img src=javascript:attack()></picture>",
        "<video poster=javascript:attack() src=data:text/html,attack()></video>",
        "<blockquote cite=javascript:attack()>t</blockquote><q cite='data:,attack()'>t</q>",
        "<a ping=javascript:attack() href=/x>t</a>",
        "<base href=javascript:attack()//><a href=x>t</a>",
        "<meta http-equiv=refresh content='0;url=javascript:attack()'>",
        "<area href=javascript:attack()><map name=m></map>",
    ]);
}

#[test]
fn frames_forms_and_plugins_go() {
    check(&[
        "<iframe src=javascript:attack()></iframe><iframe srcdoc='<script>attack()</script>'></iframe>",
        "<frameset><frame src=javascript:attack()></frameset>",
        "<object data=javascript:attack()><param name=x value=attack()></object>",
        "<embed src=//evil.example/x.swf allowscriptaccess=always>",
        "<applet code=Attack></applet>",
        "<form action=javascript:attack()><button formaction=javascript:attack()>t</button></form>",
        "<isindex action=javascript:attack() type=submit>",
        "<input type=image src=x onerror=attack()><keygen autofocus onfocus=attack()>",
        "<textarea autofocus onfocus=attack()></textarea><select onfocus=attack() autofocus><option>t</select>",
        "<portal src=//evil.example></portal><dialog open onclose=attack()>t</dialog>",
    ]);
}

#[test]
fn foreign_content_goes() {
    check(&[
        "<svg onload=attack()>",
        "<svg/onload=attack()>",
        "<svg><script>attack()</script></svg>",
        "<svg><script href='data:,attack()'/></svg>",
        "<svg><animate onbegin=attack() attributeName=x dur=1s>",
        "<svg><a><animate attributeName=href values=javascript:attack() /><text>t</text></a></svg>",
        "<svg><set attributeName=onmouseover to=attack()></svg>",
        "<svg><use href='data:image/svg+xml,<svg id=x onload=attack()>#x'/></svg>",
        "<svg><foreignObject><iframe src=javascript:attack()></iframe></foreignObject></svg>",
        "<svg><image href=javascript:attack()></svg>",
        "<svg><style>*{background:url('javascript:attack()')}</style></svg>",
        "<math href=javascript:attack()>t</math>",
        "<math><maction actiontype=statusline xlink:href=javascript:attack()>t</maction></math>",
        "<math><annotation-xml encoding=text/html><img src=x onerror=attack()></annotation-xml></math>",
        "<?xml-stylesheet href='javascript:attack()'?><p>t</p>",
        "<![CDATA[<script>attack()</script>]]>",
        "<!DOCTYPE x [<!ENTITY a 'attack()'>]><p>&a;</p>",
    ]);
}

/// Markup that a parser moves when it is written and read again, so that what was text becomes an element.
#[test]
fn markup_that_mutates_goes() {
    check(&[
        "<svg></p><style><a id='</style><img src=x onerror=attack()>'>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=attack()&gt;'>",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=attack()>",
        "<noscript><p title=\"</noscript><img src=x onerror=attack()>\">",
        "<template><p title='</template><img src=x onerror=attack()>'></template>",
        "<select><style></select><img src=x onerror=attack()></style>",
        "<title><p title='</title><img src=x onerror=attack()>'></title>",
        "<textarea><p title='</textarea><img src=x onerror=attack()>'></textarea>",
        "<xmp><p title='</xmp><img src=x onerror=attack()>'></xmp>",
        "<noembed><p title='</noembed><img src=x onerror=attack()>'></noembed>",
        "<noframes><p title='</noframes><img src=x onerror=attack()>'></noframes>",
        "<iframe><p title='</iframe><img src=x onerror=attack()>'></iframe>",
        "<svg><title><style><p title='</style></title><img src=x onerror=attack()>'></style></title></svg>",
        "<svg><desc><p><style><a title='</style></desc><img src=x onerror=attack()>'>",
        "<table><tr><td><svg><desc><td></desc><style><a title='</style><img src=x onerror=attack()>'>",
        "<!--><img src=x onerror=attack()>-->",
        "<!--!><img src=x onerror=attack()>--!>",
        "<!-- --!><img src=x onerror=attack()><!-- -->",
        "<p title='&lt;/p>&lt;img src=x onerror=attack&#40;)>'>t</p>",
        "<a title=\"&quot;><img src=x onerror=attack&#40;)>\" href=/x>t</a>",
        "<img alt='`><script>attack&#40;)</script>' src=x>",
        "<pre>\n\n<code>&lt;script&gt;</code></pre>",
        "<p><table><p>t</table><a><table><a>t</a></table></a>",
        "<div/title><div lang=zh><p>t</p></div>",
        "<h1>t<nav><h2>u</h2></nav></h1><p>t<marquee><p>u</marquee></p>",
        "<b><p><i><b></p></i></b><a href=/x><p><a href=/y>t</a></p></a>",
    ]);
}

#[test]
fn odd_bytes_do_no_harm() {
    check(&[
        "<img\u{0} src=x on\u{0}error=attack()>",
        "<scr\u{0}ipt>attack()</scr\u{0}ipt>",
        "+ADw-script+AD4-attack+ACgAKQ-+ADw-/script+AD4-",
        "\u{feff}<p>\u{2028}\u{202e}t\u{fffe}</p>",
        "<p>&#x110000;&#xD800;&#0;&#x80;</p>",
        "<\u{3000}script>attack&#40;)</\u{3000}script>",
        "<ſcript>attack&#40;)</ſcript><ımg src=x>",
        "<p title='\u{b}\u{c}\u{1b}'>t</p>",
    ]);
}

const PIECES: &[&str] = &[
    "<svg>",
    "</svg>",
    "<math>",
    "<mtext>",
    "<mglyph>",
    "<desc>",
    "<title>",
    "</title>",
    "<style>",
    "</style>",
    "<noscript>",
    "</noscript>",
    "<template>",
    "</template>",
    "<select>",
    "</select>",
    "<table>",
    "</table>",
    "<tr>",
    "<td>",
    "<caption>",
    "<form>",
    "</form>",
    "<p>",
    "</p>",
    "<a href=/x>",
    "</a>",
    "<b>",
    "</b>",
    "<pre>\n",
    "</pre>",
    "<div>",
    "<div title=t lang=en>",
    "<nav>",
    "</nav>",
    "<marquee>",
    "</marquee>",
    "<h2>",
    "</div>",
    "<li>",
    "<ul>",
    "</ul>",
    "<h1>",
    "<figure>",
    "<figcaption>",
    "<q cite=/c>",
    "<img src=/i alt='",
    "'>",
    "<p title=\"",
    "\">",
    "<!--",
    "-->",
    "--!>",
    "<img src=x onerror=attack()>",
    "<script>",
    "</script>",
    "]]>",
    "<![CDATA[",
    "<xmp>",
    "</xmp>",
    "<textarea>",
    "<iframe>",
    "&lt;",
    "&amp;lt;",
    "&#60;",
    "t",
    " ",
    "\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_mixture_of_them_does_harm(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..24)) {
        let html = pieces.concat();
        let out = clean(&html);
        prop_assert_eq!(harm(&out), None, "{} gave {}", html, out);
    }
}
