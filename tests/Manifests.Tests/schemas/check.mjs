// Checks Kubernetes objects against the schemas of their API. Reads {"version", "objects"} from stdin; version is "current", or "1.19" for what
// Kubernetes itself knew then. Writes a list of findings for each object to stdout.
import { text } from "node:stream/consumers";

const packages = {
  "gateway.networking.k8s.io": "@kubernetes-models/gateway-api",
  "networking.istio.io": "@kubernetes-models/istio",
  "security.istio.io": "@kubernetes-models/istio",
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator",
};

const { version, objects } = JSON.parse(await text(process.stdin));
const core = version === "current" ? "kubernetes-models" : `kubernetes-models-${version}`;
const findings = [];
for (const object of objects) {
  findings.push(await check(object));
}
process.stdout.write(JSON.stringify(findings));

async function check(object) {
  const group = object.apiVersion.includes("/") ? object.apiVersion.split("/")[0] : "";
  let Model;
  try {
    Model = (await import(`${packages[group] ?? core}/${object.apiVersion}/${object.kind}`))[object.kind];
  } catch {
    return [`there is no ${object.kind} in ${object.apiVersion} (${version})`];
  }

  const model = new Model(object);
  const unread = [];
  for (const name of Object.keys(model)) {
    model[name] = watch(model[name], name, unread);
  }

  try {
    model.validate();
  } catch (error) {
    return [error.message];
  }

  return unread.flatMap(list => list()).map(path => `unknown field ${path}`);
}

// Schemas of Kubernetes do not forbid fields that they do not know. But a validator reads every field that it does know, so what it has not read
// is unknown.
function watch(value, path, unread) {
  if (value === null || typeof value !== "object") {
    return value;
  }

  const read = new Set();
  const fields = new Map(Object.keys(value).map(name => [name, watch(value[name], `${path}.${name}`, unread)]));
  unread.push(() => [...fields.keys()].filter(name => !Array.isArray(value) && !read.has(name)).map(name => `${path}.${name}`));
  return new Proxy(value, {
    get(target, name) {
      read.add(name);
      return fields.has(name) ? fields.get(name) : target[name];
    },
  });
}
