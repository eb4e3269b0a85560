// The baseline: what one writes by hand from Pulumi's documentation of dynamic providers. Its logic is captured in a
// closure, so each resource's state holds the text of it.
const pulumi = require("@pulumi/pulumi");
const axios = require("axios");

const journeyId = "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5";
const baseUrl = process.env.BENCH_URL;
const headers = { mmApiKey: process.env.MAILMODO_API_KEY };

const enrollmentProvider = {
  async create(inputs) {
    const { email, data } = inputs;
    const response = await axios.post(`${baseUrl}/hooks/start/${inputs.journeyId}`, { email, data }, { headers });
    if (!response.data.success) throw new Error(response.data.message);
    return { id: response.data.ref, outs: inputs };
  },
  async diff(id, olds, news) {
    const replaces = ["journeyId", "email", "data"].filter(
      (name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]),
    );
    return { changes: replaces.length > 0, replaces, deleteBeforeReplace: true };
  },
  async delete(id, props) {
    await axios.post(`${baseUrl}/hooks/abort/${props.journeyId}`, { instanceId: id, reason: "gone" }, { headers });
  },
};

class Enrollment extends pulumi.dynamic.Resource {
  constructor(name, args, opts) {
    super(enrollmentProvider, name, args, opts);
  }
}

for (let i = 0; i < Number(process.env.BENCH_CONTACTS); i++) {
  new Enrollment(`seed-${i}`, { journeyId, email: `seed${i}@seeds.example.com`, data: { firstName: "Ada", seats: i } });
}
