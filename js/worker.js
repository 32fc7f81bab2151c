// A Worker that needs nothing but ORIGIN.
import { createApp } from './app.js';

export default createApp();
