// A real SMTP server for tests: prints its port, then every mail that it takes as one line of JSON.
//
//   node tests/smtp.mjs ANSWER..   the first mails are answered with these codes, such as 451 or 550, or with 0: taken, and the line cut
//                                  before the answer; those after them are taken
import { SMTPServer } from "smtp-server";
import PostalMime from "postal-mime";

const answers = process.argv.slice(2).map(Number);

const server = new SMTPServer({
  authOptional: true,
  allowInsecureAuth: true,
  disabledCommands: ["STARTTLS"],
  logger: false,
  onAuth: ({ username, password }, _session, done) =>
    username === "tandem" && password === "a secret" ? done(null, { user: username }) : done(new Error("wrong user or password")),
  onData: async (stream, session, done) => {
    const parts = [];
    for await (const part of stream) parts.push(part);
    const code = answers.shift();
    if (code) return done(Object.assign(new Error("refused by the test"), { responseCode: code }));
    const mail = await PostalMime.parse(Buffer.concat(parts));
    const headers = Object.fromEntries(mail.headers.map(({ key, value }) => [key, value]));
    const to = session.envelope.rcptTo.map(({ address }) => address);
    console.log(JSON.stringify({ user: session.user ?? null, to, subject: mail.subject, text: mail.text, html: mail.html, headers }));
    if (code === 0) server.connections.forEach((connection) => connection._socket.destroy());
    else done();
  },
});
server.listen(0, "127.0.0.1", () => console.log(server.server.address().port));
// Ends with the test that started it.
process.stdin.on("end", () => process.exit(0)).resume();
