// Data for programs: a quote that changes every five seconds, however many ask for it.
import { unstable_cache } from 'freshtag';

const quotes = [
  { text: 'There are only two hard things in computer science: cache invalidation and naming things.', by: 'Phil Karlton' },
  { text: 'Simplicity is prerequisite for reliability.', by: 'Edsger W. Dijkstra' },
  { text: 'The cheapest, fastest and most reliable components of a computer system are those that aren’t there.', by: 'Gordon Bell' },
  { text: 'Make it work, make it right, make it fast.', by: 'Kent Beck' },
  { text: 'Premature optimization is the root of all evil.', by: 'Donald E. Knuth' },
];

const pickQuote = unstable_cache(
  async () => ({ ...quotes[Math.floor(Math.random() * quotes.length)], pickedAt: new Date().toISOString() }),
  ['quote'],
  { revalidate: 5, tags: ['quote'] },
);

export async function GET() {
  return Response.json(await pickQuote());
}
