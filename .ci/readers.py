"""Reads every feed of a running service with clients that are not ours, and walks each to its first entry.

usage: readers.py BASE
Clients: feedparser, fastfeedparser, atoma (each on RSS, Atom and JSON where it reads them) and sfeed (RSS and Atom).
All must give the same entries in the same order: id, link, title and time; RSS and Atom the same bodies.
Then the walks (RFC 5005): `prev-archive` and `next` must both lead to every entry once, and agree.
"""

import calendar
import subprocess
import sys
import urllib.request
import xml.etree.ElementTree as tree
from datetime import datetime, timezone

import atoma
import fastfeedparser
import feedparser

ATOM = "{http://www.w3.org/2005/Atom}"
PAGES_MAX = 100
base = sys.argv[1]
wrong = []


def get(address):
    with urllib.request.urlopen(address) as answer:
        return answer.read()


def seconds(moment):
    """A time of any client as seconds since 1970; those of times without an offset are in UTC."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    if isinstance(moment, datetime):
        return int((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp())
    return calendar.timegm(moment)


def text_of(entry):
    """The body of an entry as feedparser hands it on, cleaned by its own rules."""
    return entry.content[0].value if "content" in entry else entry.get("summary")


def by_feedparser(body, kind):
    if kind == "json":
        return None
    found = feedparser.parse(body)
    if found.bozo:
        raise ValueError(found.bozo_exception)
    return [(e.id, e.link, e.title, seconds(e.published_parsed)) for e in found.entries]


def by_fastfeedparser(body, _):
    return [(e.id, e.link, e.title, seconds(e.published)) for e in fastfeedparser.parse(body).entries]


def by_atoma(body, kind):
    if kind == "rss":
        items = atoma.parse_rss_bytes(body).items
        return [(i.guid, i.link, i.title, seconds(i.pub_date)) for i in items]
    if kind == "atom":
        entries = atoma.parse_atom_bytes(body).entries
        return [(e.id_, e.links[0].href, e.title.value, seconds(e.published)) for e in entries]
    items = atoma.parse_json_feed_bytes(body).items
    return [(i.id_, i.url, i.title, seconds(i.date_published)) for i in items]


def by_sfeed(body, kind):
    if kind == "json":
        return None
    lines = subprocess.run(["sfeed"], input=body, stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    fields = [line.split("\t") for line in lines]
    return [(field[5], field[2], field[1], int(field[0])) for field in fields]


CLIENTS = [by_feedparser, by_fastfeedparser, by_atoma, by_sfeed]


def links(body):
    """The links of an Atom feed by their relation."""
    return {link.get("rel", "alternate"): link.get("href") for link in tree.fromstring(body).findall(ATOM + "link")}


def ids(body):
    return [entry.findtext(ATOM + "id") for entry in tree.fromstring(body).findall(ATOM + "entry")]


def walk(address, relation):
    """The ids of a feed from the newest to the first, along one relation."""
    seen, found = [], []
    while address and len(seen) < PAGES_MAX:
        seen.append(address)
        body = get(address)
        found += ids(body)
        address = links(body).get(relation)
        if address in seen:
            raise ValueError(f"{relation} leads back to {address}")
    return found, len(seen)


outlines = tree.fromstring(get(base + "/feeds.opml")).iter("outline")
feeds = [outline.get("xmlUrl") for outline in outlines if outline.get("xmlUrl")]
readings = entries = pages = 0
for rss in feeds:
    stem = rss.removesuffix(".rss")
    atom, jsonfeed = (stem + ".atom", stem + ".json") if stem != rss else (
        rss.replace("rss.xml", "atom.xml"), rss.replace("rss.xml", "feed.json"))
    expected = None
    for kind, address in (("rss", rss), ("atom", atom), ("json", jsonfeed)):
        body = get(address)
        for client in CLIENTS:
            try:
                rows = client(body, kind)
            except Exception as error:  # whatever a client throws is its complaint
                wrong.append(f"{address}: {client.__name__}: {error!r}")
                continue
            if rows is None:
                continue
            readings += 1
            expected = expected or rows
            if not rows:
                wrong.append(f"{address}: {client.__name__} finds no entry")
            elif rows != expected:
                first = next((pair for pair in zip(rows, expected) if pair[0] != pair[1]), (len(rows), len(expected)))
                wrong.append(f"{address}: {client.__name__} differs: {first}")
    texts = [[text_of(entry) for entry in feedparser.parse(get(address)).entries] for address in (rss, atom)]
    if texts[0] != texts[1] or not all(texts[0]):
        wrong.append(f"{rss}: the bodies of RSS and Atom differ, or one is empty")
    try:
        (archived, steps), (paged, _) = walk(atom, "prev-archive"), walk(atom + "?limit=7", "next")
        if len(set(archived)) != len(archived) or sorted(archived) != sorted(paged):
            wrong.append(f"{atom}: {len(archived)} entries along prev-archive, {len(paged)} along next")
        pages += steps
        entries += len(archived)
    except ValueError as error:
        wrong.append(f"{atom}: {error}")
clients = ", ".join(client.__name__.removeprefix("by_") for client in CLIENTS)
print(f"{clients}: {len(feeds)} feeds, {readings} readings; {entries} entries on {pages} pages walked; {len(wrong)} wrong")
print("\n".join(wrong[:40]))
sys.exit(bool(wrong))
