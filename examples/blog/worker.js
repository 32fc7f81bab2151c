// A small blog with no server behind it: every page comes from a route below or from Workers KV.
import { createApp } from 'freshtag';

import * as actions from './actions.js';
import * as home from './routes/home.js';
import * as icon from './routes/icon.js';
import notFound from './routes/missing.js';
import * as now from './routes/now.js';
import * as post from './routes/post.js';
import * as quote from './routes/quote.js';
import * as script from './routes/script.js';
import * as settings from './routes/settings.js';

export default createApp({
  routes: {
    '/': home,
    '/posts/[id]': post,
    '/now': now,
    '/settings': settings,
    '/api/quote': quote,
    '/icon': icon,
    '/comments.js': script,
  },
  actions,
  notFound,
  // Seconds. "hours" and the other names of Next's presets need no entry here.
  cacheLife: { blog: { stale: 3600, revalidate: 900, expire: 86400 } },
});
