/**
 * Loaded into a program by NODE_OPTIONS: writes down every attempt to reach anything but this machine, and stops it.
 * Used by cdk.slow.test.ts.
 */
const { appendFileSync } = require('node:fs');
const dns = require('node:dns');
const net = require('node:net');

const LOCAL = new Set(['127.0.0.1', 'localhost', '::1']);

function refuse(what) {
  appendFileSync(process.env.NETWORK_ATTEMPTS, `${what}\n`);
  throw new Error(`${what} is out of reach in this test`);
}

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function guarded(...parameters) {
  // Node itself passes [options, callback] as one argument.
  const [options] = Array.isArray(parameters[0]) ? parameters[0] : parameters;
  const host = typeof options === 'object' ? (options.host ?? 'localhost') : 'localhost';
  if (options?.path === undefined && !LOCAL.has(host)) refuse(host);
  return connect.apply(this, parameters);
};

const { lookup } = dns;
dns.lookup = (name, ...rest) => (LOCAL.has(name) ? lookup(name, ...rest) : refuse(name));
