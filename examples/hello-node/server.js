// A small web server without dependencies: it says hello, and how it is.
const http = require("node:http");
const os = require("node:os");

const port = Number(process.env.PORT ?? 3000);

const server = http.createServer((request, response) => {
  if (request.url === "/health") {
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ status: "ok" }));
    return;
  }
  response.writeHead(200, { "Content-Type": "text/plain" });
  response.end(`Hello from ${os.hostname()}\n`);
});

server.listen(port, () => console.log(`listening on port ${port}`));

// As process 1 in a container, node would not end on SIGTERM by itself.
process.on("SIGTERM", () => server.close(() => process.exit(0)));
