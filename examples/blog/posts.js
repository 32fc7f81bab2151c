// The data: what a database or a content system would hold. Kept in memory, so the demo needs no network.
export const posts = [
  {
    id: '1',
    title: 'What an edge cache is for',
    date: '2026-11-02',
    summary: 'Not to save the server work. To move the answer close to the person who asks.',
    paragraphs: [
      'A page that takes ten milliseconds to make still takes two hundred to arrive when the server is an ocean away. No faster template engine gets that time back. The only cure is to have the answer in the same city as the question.',
      'So an edge cache is a question of geography first. It holds copies in some hundred places, and each place can answer alone. The server in the middle is asked for what is new and for little else.',
      'The price is that there are now many copies. Making them is easy. Knowing which of them may still be shown is the whole craft, and the other notes here are about nothing else.',
    ],
  },
  {
    id: '2',
    title: 'Stale is not wrong',
    date: '2026-11-04',
    summary: 'A page has two ends of life: the moment it should be renewed and the moment it must go.',
    paragraphs: [
      'Most caches know one number: how long a copy is good. When it runs out, somebody has to wait for the next one. It is always a visitor, and on a quiet page it is nearly every visitor.',
      'With two numbers nobody waits. After the first, the old page is still sent, at once, and a new one is made behind it. Only after the second is the old page too old to show. Between them lies a window in which being late costs nothing.',
      'This page is fresh for fifteen minutes and kept for a day. If you are the first to come after the fifteen minutes, you see what the last visitor saw, and the next one sees something newer because you came.',
    ],
  },
  {
    id: '3',
    title: 'Tags outlive addresses',
    date: '2026-11-07',
    summary: 'You know which post changed. You rarely know every page that shows it.',
    paragraphs: [
      'An editor fixes a title. It stands on the post, on the front page, in the archive, in the feed, and in three boxes called “related”. A list of addresses to purge is a list that somebody forgot to extend last spring.',
      'A tag turns it around. Each page says what it was made from while it is being made: post 3, all posts. When post 3 changes, you name the post and not the pages. Whatever was made from it knows.',
      'It is also cheap. Marking a tag is one small write, whether ten pages carry it or a hundred thousand. The pages find out when they are next asked for, and those nobody asks for never cost anything.',
    ],
  },
  {
    id: '4',
    title: 'The first visitor pays',
    date: '2026-11-11',
    summary: 'Somebody has to meet the empty cache. With care it is one person, or a script.',
    paragraphs: [
      'A cold page is slow once. If a thousand people arrive in that one moment, a naive cache lets all of them through, and the server meets the very crowd that the cache was bought to keep away.',
      'The remedy is to let one request do the work while the others wait for its result, each with its own patience. If the work takes too long, a waiting request stops waiting and helps itself.',
      'Better still is to have no first visitor. This page was made when someone asked for it, but the first two notes can be made before that: run the prerender command and they are a HIT from the start.',
    ],
  },
  {
    id: '5',
    title: 'Everywhere, eventually',
    date: '2026-11-15',
    summary: 'News travels to a hundred places at a hundred speeds. Say so, and plan for it.',
    paragraphs: [
      'A store that is copied around the world cannot tell you that a write has been seen by all. It can tell you that the write is safe, and that the far places will notice within about a minute. Systems that promise more are usually just not looking.',
      'What can be promised is worth having. A revalidation that was acknowledged is never lost. A page made from old data before the news arrived is still caught when it does. And the person who pressed the button sees their own change at once.',
      'The rest is honest naming. A page that may be old is called stale, not fresh. When the store does not answer, nobody claims to know.',
    ],
  },
  {
    id: '6',
    title: 'The cheapest answer',
    date: '2026-11-19',
    summary: 'Three digits and no body: you already have this page, and it is still the one.',
    paragraphs: [
      'When a page is written to the cache, its bytes get a fingerprint, the ETag. The browser keeps it beside its own copy and shows it on the next visit: I have this one, is it still current?',
      'If it is, the answer is 304 and nothing else. No body is read, sent or parsed. On a phone, on a train, that is the difference between a page that appears and a page that arrives.',
      'It needs only that the fingerprint is computed once, when the page is stored, and never again. Then the cheapest answer to the reader is also the cheapest one to give.',
    ],
  },
  {
    id: '7',
    title: 'Before it is published',
    date: '2026-11-24',
    draft: true,
    summary: 'An editor must see the page that nobody else may see yet, and the cache must not help.',
    paragraphs: [
      'This note is a draft. Everybody else gets a 404 at its address and a list without it, from the cache, while you read it.',
      'Draft mode is a cookie with a signed token. Who sends it gets every page made afresh, and nothing that was made for him is ever stored: not the page, not the data it was made of. So there is no way for a draft to turn up in somebody else’s copy.',
      'Leave draft mode with the button above, and this address is a 404 again for you, too.',
    ],
  },
];
