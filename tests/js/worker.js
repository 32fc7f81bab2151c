export { default } from '../../js/worker.js';
