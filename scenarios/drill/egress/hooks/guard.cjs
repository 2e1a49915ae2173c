// Brings the connections of a Node process to hosts of real providers to brownout's
// egress guard, whichever client opens them: Node's own fetch reads no proxy from the
// environment (by itself), nor do http and https. All others are left alone.
'use strict'
const net = require('net')

const guard = { host: '{{host}}', port: Number('{{port}}') }
const providers = new RegExp(String.raw`{{pattern}}`, 'i')

const isProvider = (host) => typeof host === 'string' && providers.test(host.replace(/\.$/, ''))

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...args) {
  // net.connect calls it with the list [options, callback], everybody else as they like:
  // (options, callback), (port, host, callback).
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  const callback = Array.isArray(args[0]) ? second : args.filter((a) => typeof a === 'function').pop()
  if (first !== null && typeof first === 'object') {
    if (!first.path && isProvider(first.host)) return connect.call(this, { ...first, ...guard, lookup: undefined }, callback)
  } else if (isProvider(second)) {
    return connect.call(this, { ...guard }, callback)
  }
  return connect.apply(this, args)
}
