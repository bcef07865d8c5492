//! Tables of data, written without their markup.

use dom_query::NodeRef;

use crate::ingest::extract::block::{Block, BlockKind, escape};
use crate::text::plain;

/// The table as a block; `None` for one that only places things on the page.
pub fn data(node: &NodeRef<'_>) -> Option<Block> {
    let rows: Vec<NodeRef<'_>> = node.descendants_it().filter(|child| child.has_name("tr")).collect();
    let most_cells = rows.iter().map(|row| cells(row).count()).max().unwrap_or(0);
    let is_layout = rows.len() < 2
        || most_cells < 2
        || node.descendants_it().any(|child| {
            ["table", "div", "img", "ul", "h1", "h2", "form", "iframe"].iter().any(|name| child.has_name(name))
        });
    if is_layout {
        return None;
    }
    let mut table = Block::new(BlockKind::Table, "<table>".to_owned());
    for row in &rows {
        table.html.push_str("<tr>");
        let mut line = Vec::new();
        for cell in cells(row) {
            line.push(write_cell(&cell, &mut table));
        }
        table.html.push_str("</tr>");
        if !table.text.is_empty() {
            table.text.push('\n');
        }
        table.text.push_str(line.join(" ").trim());
    }
    table.html.push_str("</table>");
    Some(table)
}

fn cells<'a>(row: &NodeRef<'a>) -> impl Iterator<Item = NodeRef<'a>> {
    row.children_it(false).filter(|cell| cell.has_name("td") || cell.has_name("th"))
}

/// Writes a cell and returns its text.
fn write_cell(cell: &NodeRef<'_>, table: &mut Block) -> String {
    let text = plain::line(&cell.text());
    let name = if cell.has_name("th") { "th" } else { "td" };
    let span = |key: &str| {
        let span = cell.attr(key).and_then(|span| span.parse::<u8>().ok());
        span.map_or(String::new(), |span| format!(" {key}=\"{span}\""))
    };
    table.html.push_str(&format!("<{name}{}{}>", span("colspan"), span("rowspan")));
    escape(&text, &mut table.html);
    table.html.push_str(&format!("</{name}>"));
    let links = cell.descendants_it().filter(|child| child.has_name("a"));
    table.link_chars += links.map(|link| link.text().chars().filter(|c| !c.is_whitespace()).count()).sum::<usize>();
    text
}
