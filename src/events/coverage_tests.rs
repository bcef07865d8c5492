//! What the rules of a real event say of invented articles, in the languages and with the traps of its coverage.

use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;

use crate::events::decide::{decide, weigh};
use crate::events::fingerprint;
use crate::events::rules::Rules;
use crate::events::subject::Subject;
use crate::model::event::{Decision, Event, EventRules, Evidence, Exclusion, ExclusionPlace, Term};

const NAMES: &str = "世界市长对话|世界市長対話|Global Mayors Dialogue|World Mayors Dialogue|세계시장대화|세계시장(市長)대화\
    |세계시장대회|Internationaler Bürgermeisterdialog|Internationalen Bürgermeisterdialog|Диалог мэров|Диалога мэров\
    |Диалоге мэров|Küresel Belediye Başkanları Diyaloğu|Dünya Belediye Başkanları Diyaloğu";
const CITIES: [&str; 7] = [
    "埃德蒙顿|Edmonton|エドモントン|에드먼턴|Эдмонтон",
    "罗瓦涅米|Rovaniemi|ロヴァニエミ|로바니에미|Рованиеми",
    "马格德堡|Magdeburg|マクデブルク|마그데부르크|Магдебург",
    "哈兰德里|Chalandri|Halandri|할란드리|Χαλάνδρι|Халандри",
    "富川|Bucheon|プチョン|부천|Пучхон",
    "清迈|Chiang Mai|チェンマイ|치앙마이|Чиангмай",
    "埃尔祖鲁姆|Erzurum|エルズルム|에르주룸|Эрзурум",
];
const EDITIONS: &str = "杭州|Hangzhou|항저우|Ханчжоу";

fn terms(spellings: &[&str]) -> Vec<Term> {
    let term = |spelling: &&str| Term { spellings: spelling.split('|').map(str::to_owned).collect() };
    spellings.iter().map(term).collect()
}

fn evidence(label: &str, weight_milli: i64, at_least: usize, of: &[&str], with: &[&str]) -> Evidence {
    Evidence { label: label.to_owned(), weight_milli, at_least, terms: terms(of), with: terms(with) }
}

fn exclusion(label: &str, weight_milli: Option<i64>, place: ExclusionPlace, of: &[&str]) -> Exclusion {
    Exclusion { label: label.to_owned(), weight_milli, place, terms: terms(of) }
}

fn event() -> Event {
    let mayor = "市长|市長|Mayor|시장|мэр|Bürgermeister|Belediye Başkanı|Δήμαρχος|δημάρχων";
    let rules = EventRules {
        days_before: 14,
        days_after: 30,
        threshold_milli: 1000,
        section_cap: None,
        places: terms(&["哈尔滨|Harbin|ハルビン|哈爾浜|하얼빈|할빈|Харбин|Χαρμπίν"]),
        names: vec![
            evidence("series", 1000, 1, &[NAMES], &[]),
            evidence("conference", 1000, 1, &["Διάσκεψη των Δημάρχων"], &["Χαρμπίν"]),
        ],
        evidence: vec![
            evidence("partner cities", 1000, 5, &CITIES, &[mayor]),
            evidence("initiative", 500, 1, &["哈尔滨倡议|Harbin Initiative|할빈 이니셔티브"], &[mayor]),
        ],
        exclusions: vec![
            exclusion(
                "another edition",
                None,
                ExclusionPlace::Name,
                &[EDITIONS, "南宁|Nanning", "上海|Shanghai", "重庆"],
            ),
            exclusion("another meeting", None, ExclusionPlace::Title, &["圆桌会议|round table|Круглый стол"]),
            exclusion("winter cities", Some(600), ExclusionPlace::Text, &["WWCAM"]),
        ],
    };
    let day = |day| NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
    Event {
        id: "mayors".to_owned(),
        aliases: Vec::new(),
        is_private: false,
        title: "世界市长对话·哈尔滨".to_owned(),
        description: None,
        home: None,
        language: "zh-Hans".to_owned(),
        starts: day(6),
        ends: day(8),
        timezone: "Asia/Shanghai".parse().unwrap(),
        rules,
    }
}

fn published(at: &str, title: &str, text: &str) -> Decision {
    let published: DateTime<Utc> = at.parse().unwrap();
    decide(&Rules::compile(&event()), &Subject::new(title, text, published))
}

#[track_caller]
fn check(title: &str, text: &str, is_included: bool, reasons: &[&str]) {
    let decision = published("2026-01-09T02:00:00Z", title, text);
    assert_eq!(decision.reasons, reasons);
    assert_eq!(decision.is_included, is_included, "{decision:?}");
}

#[test]
fn the_name_is_known_in_each_language_and_with_each_separator() {
    for (title, text) in [
        ("世界市长对话·哈尔滨|八城共话冰雪", "来自八座城市的客人走上冰面。"),
        ("世界市长对话哈尔滨开幕", "灯塔点亮。"),
        ("八城来客", "“世界市长对话?哈尔滨”活动在江边举行。"),
        ("世界市長對話?哈爾濱", "關(guān)注冰雪經(jīng)濟,連接?xùn)|西。"),
        ("世界市\u{e5e5}長對話・哈爾濱", "燈塔點亮。"),
        ("世界市長對話", "發(fā)言人說,哈(hā)爾(ěr)濱(bīn)歡迎客人。"),
        (
            "Mayors meet on the ice",
            "The Global Mayors' Dialogue opened. Guests came from afar. Harbin's winter is long.",
        ),
        ("WORLD MAYORS DIALOGUE · HARBIN", "Lights went on."),
        ("氷の町に市長が集う", "「世界市長対話・ハルビン」が開かれた。"),
        ("8개 도시 시장 한자리에", "세계 시장(市長) 대화∙하얼빈이 열렸다."),
        ("시장들 만나다", "할빈에서 세계시장대화가 열렸다."),
        ("얼음의 도시", "하얼빈에서 열린 2026세계시장대회에 참석했다."),
        ("Мэры на льду", "В Харбине открылся Всемирный диалог мэров."),
        ("Reise in den Winter", "Beim Internationalen Bürgermeisterdialog in Harbin sprach der Gast."),
        ("Buz üstünde buluşma", "Harbin'de düzenlenen KÜRESEL BELEDİYE BAŞKANLARI DİYALOĞU'na katıldı."),
        ("Στο χιόνι", "Η διάσκεψη των δημάρχων έγινε στη Χαρμπίν."),
    ] {
        let decision = published("2026-01-09T02:00:00Z", title, text);
        assert!(decision.is_included, "{title}: {decision:?}");
    }
}

#[test]
fn a_reason_names_the_spelling_and_the_place() {
    check("世界市長對話·哈爾濱開幕", "燈塔點亮。", true, &["name “世界市长对话” in the title (+1.0)"]);
    check(
        "Gäste am Eis",
        "Bürgermeister aus Edmonton, Rovaniemi, Magdeburg, Bucheon und Erzurum in Harbin.",
        true,
        &["5 of 7 partner cities: Edmonton, Rovaniemi, Magdeburg, … (+1.0)"],
    );
    check(
        "市长们发布文件",
        "在哈尔滨，市长们发布《哈尔滨倡议》。WWCAM成员城市到场。",
        false,
        &["winter cities: “WWCAM” in the text (−0.6)", "initiative: 哈尔滨倡议 (+0.5)"],
    );
}

#[test]
fn without_the_city_nothing_counts() {
    check(
        "Global Mayors Dialogue",
        "A harbinger of spring.",
        false,
        &["name “Global Mayors Dialogue”, but the place “哈尔滨” is not named"],
    );
    check("세계 시장 동향", "하얼빈의 세계 시장 점유율이 올랐다.", false, &[]);
    check("冰城旅游", "哈尔滨的冰雪大世界迎来埃德蒙顿游客。", false, &[]);
}

#[test]
fn another_edition_is_out_unless_the_name_also_stands_with_our_city() {
    let out: &[&str] = &["another edition: “杭州” beside the name"];
    check("世界市长对话·杭州举行", "哈尔滨代表参加。世界市长对话（杭州）昨日闭幕。", false, out);
    check("哈尔滨市长出席世界市长对话·杭州", "客人到访。", false, out);
    check(
        "Mayors meet",
        "The World Mayors Dialogue was held in Hangzhou. Harbin sent a guest.",
        false,
        &["another edition: “Hangzhou” beside the name"],
    );
    let name: &[&str] = &["name “世界市长对话” in the text (+1.0)"];
    check("冰上来客", "继杭州、南宁之后，世界市长对话走进哈尔滨。", true, name);
    check("冰上来客", "世界市长对话·杭州曾引人注目。如今世界市长对话在冰雪中开幕，地点是哈尔滨。", true, name);
}

#[test]
fn a_list_of_hosts_does_not_name_the_place() {
    check(
        "世界市长对话开幕",
        "江边灯火通明。此前，活动先后走进杭州、南宁、上海、哈尔滨。",
        false,
        &["name “世界市长对话”, but “哈尔滨” only in a list of hosts"],
    );
    check(
        "世界市长对话·重庆开幕",
        "此前已在杭州、南宁、哈尔滨举行。",
        false,
        &["name “世界市长对话”, but “哈尔滨” only in a list of hosts"],
    );
}

#[test]
fn one_sentence_in_a_long_story_of_something_else_is_not_coverage() {
    let stalls = "展台前人头攒动，新款雪橇、冰鞋和暖衣吸引了许多参观者。".repeat(40);
    let text = format!("冰雪博览会在哈尔滨开幕。{stalls}同一周，世界市长对话也在这里举行。");
    let passing = "name “世界市长对话” once, late in the text: a passing mention (+0.5)";
    check("冰雪博览会开幕", &text, false, &[passing]);
    check("世界市长对话与博览会", &text, true, &["name “世界市长对话” in the title (+1.0)"]);
    check(
        "冰雪博览会开幕",
        &format!("{text}市长们发布哈尔滨倡议。"),
        true,
        &[passing, "initiative: 哈尔滨倡议 (+0.5)"],
    );
    let stalls = "Visitors crowded around sledges, skates and warm coats. ".repeat(50);
    let text = format!("An expo opened in Harbin. {stalls} The Global Mayors Dialogue meets in the same week.");
    check(
        "Expo opens",
        &text,
        false,
        &["name “Global Mayors Dialogue” once, late in the text: a passing mention (+0.5)"],
    );
}

#[test]
fn look_alikes_are_out() {
    check(
        "Круглый стол мэров в Харбине",
        "Мэры говорили о зиме и о том, чем был диалог мэров.",
        false,
        &["another meeting: “Круглый стол” in the title"],
    );
    check(
        "World Winter Cities Association for Mayors",
        "WWCAM members Harbin, Edmonton and Rovaniemi met.",
        false,
        &[],
    );
}

#[test]
fn only_the_days_of_coverage_count_in_the_events_zone() {
    let decide = |at| published(at, "世界市长对话·哈尔滨", "");
    assert!(decide("2025-12-22T16:00:00Z").is_included, "midnight in Harbin");
    assert!(decide("2026-02-07T15:59:59Z").is_included);
    let late = decide("2026-02-28T16:00:00Z");
    assert!(!late.is_included);
    assert!(late.reasons.is_empty(), "{late:?}");
    let late = "2026-02-28T16:00:00Z".parse().unwrap();
    let weighing = weigh(&Rules::compile(&event()), &Subject::new("世界市长对话·哈尔滨", "", late));
    assert_eq!(weighing.obstacles, ["published 2026-03-01, outside 2025-12-23 … 2026-02-07"]);
    assert_eq!((weighing.score_milli, weighing.is_included()), (1000, false), "an editor sees what else it has");
    for end in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        assert!(!super::decide::decide(&Rules::compile(&event()), &Subject::new("", "", end)).is_included);
    }
}

#[test]
fn the_fingerprint_changes_with_the_rules_alone() {
    let mut other = event();
    let before = fingerprint::of(&other);
    other.title = "another title".to_owned();
    assert_eq!(fingerprint::of(&other), before);
    other.rules.evidence[0].at_least = 4;
    assert_ne!(fingerprint::of(&other), before);
}

proptest! {
    #[test]
    fn any_article_is_survived(
        words in proptest::collection::vec("(世界市长对话|哈尔滨|杭州|、|。|, |Harbin|s|Global Mayors|부천|[ -~]|\\PC)", 0..60)
    ) {
        let text = words.concat();
        published("2026-01-09T02:00:00Z", &text, &text);
    }
}
