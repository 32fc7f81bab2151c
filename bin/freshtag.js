#!/usr/bin/env node
// The command `freshtag`: asks a running site.
import { main } from '../js/cli/main.js';

process.exitCode = await main(process.argv.slice(2));
