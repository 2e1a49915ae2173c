// A chat server with one streaming route, in the style that the command line names:
//
//	node server.js naive
//	PORT=8080 node server.js hardened
//
// POST /chat {"message": "…"} is answered by the AI SDK's UI message stream, the one
// that useChat reads. GET /healthz says that the server is up.

import { createServer } from 'node:http'

/** fatal says why the server cannot run, and ends it. */
function fatal(reason) {
  console.error(`node-ai-sdk: ${reason}`)
  process.exit(1)
}

const lowest = 22 // what version 7 of the AI SDK asks for
if (Number.parseInt(process.versions.node) < lowest) {
  fatal(`this is Node ${process.versions.node}; install Node ${lowest} or newer (https://nodejs.org/en/download)`)
}

const style = process.argv[2]
if (!['naive', 'hardened'].includes(style)) fatal(`the style is naive or hardened, not ${JSON.stringify(style ?? '')}`)

const { chat } = await import(`./${style}.js`).catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  fatal(`a package is missing; install them with: npm ci\n${error.message}`)
})

/** messageOf reads the user's message from a request. */
async function messageOf(request) {
  let body = ''
  for await (const piece of request.setEncoding('utf8')) body += piece
  const { message } = JSON.parse(body)
  if (typeof message !== 'string') throw new TypeError('message is not a text')
  return message
}

const server = createServer(async (request, response) => {
  if (request.url === '/healthz') return response.end('ok\n')
  if (request.method !== 'POST' || request.url !== '/chat') return response.writeHead(404).end()
  let message
  try {
    message = await messageOf(request)
  } catch {
    return response.writeHead(400).end('send {"message": "…"}\n')
  }
  await chat(message, response)
})

const port = Number(process.env.PORT ?? 3000)
server.on('error', (error) => fatal(error.code === 'EADDRINUSE' ? `port ${port} is taken; name another: PORT=8080 node server.js ${style}` : error.message))
server.listen(port, '127.0.0.1', () => console.log(`${style}, at http://127.0.0.1:${port}`))

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close(() => process.exit())
    server.closeIdleConnections()
  })
}
