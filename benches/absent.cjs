// Stands for an optional package that is not there.
throw new Error('not installed');
