// The shop's page: what the API has to sell.
const http = require("node:http");

const api = process.env.API ?? "http://shop-api";
const port = Number(process.env.PORT ?? 3000);

const server = http.createServer(async (request, response) => {
  if (request.url === "/health") {
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ status: "ok" }));
    return;
  }
  try {
    const answer = await fetch(`${api}/goods`, { signal: AbortSignal.timeout(3000) });
    const goods = await answer.json();
    response.writeHead(200, { "Content-Type": "text/plain" });
    response.end(goods.map((g) => `${g.name}  ${g.price}\n`).join(""));
  } catch (error) {
    response.writeHead(502, { "Content-Type": "text/plain" });
    response.end(`The API at ${api} does not answer: ${error.message}\n`);
  }
});

server.listen(port, () => console.log(`listening on port ${port}`));

// As process 1 in a container, node would not end on SIGTERM by itself.
process.on("SIGTERM", () => server.close(() => process.exit(0)));
