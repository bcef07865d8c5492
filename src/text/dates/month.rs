//! The names of months.

/// Beginnings of the names in English, Russian, German, French, Spanish, Portuguese, Italian and Turkish.
const NAMES: [(u32, &[&str]); 12] = [
    (1, &["jan", "янв", "ene", "gen", "ocak", "oca", "січ"]),
    (2, &["feb", "фев", "fév", "fev", "şub", "лют"]),
    (3, &["mar", "мар", "mär", "mrz", "бер"]),
    (4, &["apr", "апр", "avr", "abr", "nis", "кві"]),
    (5, &["may", "мая", "май", "mai", "mag", "тра"]),
    (6, &["jun", "июн", "juin", "giu", "haz", "чер"]),
    (7, &["jul", "июл", "juil", "lug", "tem", "лип"]),
    (8, &["aug", "авг", "aoû", "aou", "ago", "ağu", "сер"]),
    (9, &["sep", "сен", "set", "eyl", "вер"]),
    (10, &["oct", "окт", "okt", "out", "ott", "eki", "жов"]),
    (11, &["nov", "ноя", "kas", "лис"]),
    (12, &["dec", "дек", "dez", "déc", "dic", "ara", "гру"]),
];

/// The number of the month a word names, 1 to 12.
pub fn number(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    NAMES.iter().find(|(_, names)| names.iter().any(|name| word.starts_with(name))).map(|(number, _)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_known_by_their_beginning() {
        let check = |word: &str, expected: Option<u32>| assert_eq!(number(word), expected, "{word}");
        check("January", Some(1));
        check("SEPT", Some(9));
        check("января", Some(1));
        check("décembre", Some(12));
        check("Ağustos", Some(8));
        check("Years", None);
    }
}
