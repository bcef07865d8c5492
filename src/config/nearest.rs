//! The known name that a misspelt one most resembles.

/// Names this long are not compared: no known name comes near it, and comparing is quadratic.
const NAME_CHARS_MAX: usize = 64;

/// The nearest of `known`, if a third of its letters at most are wrong.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.chars().take(NAME_CHARS_MAX + 1).flat_map(char::to_lowercase).collect();
    if name.len() > NAME_CHARS_MAX {
        return None;
    }
    let distances = known.into_iter().map(|candidate| (distance(&name, candidate), candidate));
    let (distance, candidate) = distances.min_by_key(|&(distance, _)| distance)?;
    (distance <= candidate.chars().count().div_ceil(3)).then_some(candidate)
}

/// How many letters must be added, removed or replaced (Levenshtein).
fn distance(name: &[char], candidate: &str) -> usize {
    let mut row: Vec<usize> = (0..=name.len()).collect();
    for (i, wanted) in candidate.chars().flat_map(char::to_lowercase).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &found) in name.iter().enumerate() {
            let replaced = diagonal + usize::from(found != wanted);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[name.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_if_it_is_near() {
        let known = ["schedule", "title", "id", "timezone"];
        let check = |name: &str, expected: Option<&str>| assert_eq!(nearest(name, known), expected, "{name}");
        check("shedule", Some("schedule"));
        check("Titel", Some("title"));
        check("time_zone", Some("timezone"));
        check("ID", Some("id"));
        check("colour", None);
        check("", None);
        check(&"x".repeat(1000), None);
    }
}
