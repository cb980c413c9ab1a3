// The traits of a widget, or plain values in a page without a kernel.
export class ModelSettings {
  constructor(model) {
    this.model = model;
  }

  get(name) {
    return this.model.get(name);
  }

  save(name, value) {
    this.model.set(name, value);
    this.model.save_changes();
  }

  onChange(heard) {
    const names = ["view", "colour_by", "colour_map", "stretch", "isolated", "title", "width", "height"];
    for (const name of names) this.model.on(`change:${name}`, () => heard(name));
  }
}

export class PlainSettings {
  constructor(values) {
    this.values = { ...values };
  }

  get(name) {
    return this.values[name];
  }

  save(name, value) {
    this.values[name] = value;
  }

  onChange() {}
}
