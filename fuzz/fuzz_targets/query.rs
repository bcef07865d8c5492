//! What readers ask for: the query of an address, and the words in it. What is understood is written as it is read.

#![no_main]

use harbinger::model::part::Part;
use harbinger::text::search::Query;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|query: &str| {
    if let Ok(part) = Part::parse(query) {
        let written = part.query();
        assert_eq!(Part::parse(written.trim_start_matches('?')).as_ref(), Ok(&part), "{written}");
    }
    if let Ok(Some(words)) = Query::parse(query) {
        let again = Query::parse(words.as_str()).ok().flatten();
        assert_eq!(again.as_ref().map(Query::as_str), Some(words.as_str()));
        assert!(words.tokens().next().is_some());
    }
});
