// Places the nodes of a small graph: springs along edges, repulsion between all, cooled over a fixed number of steps.
// Fruchterman and Reingold, "Graph drawing by force-directed placement" (1991). The same graph gives the same picture.

const STEPS = 300;
const PULL = 0.12;
const REACH = 2.5;

// nodes: how many. edges: pairs of numbers. Returns [x, y] of each node inside width x height, with margins.
export function placed(nodes, edges, width, height, across = 60, down = 34) {
  const near = Math.sqrt((width * height) / Math.max(1, nodes));
  const spots = Array.from({ length: nodes }, (_, i) => {
    const turn = i * 2.399963;
    const far = 0.6 * near * Math.sqrt(i);
    return [far * Math.cos(turn), far * Math.sin(turn)];
  });
  for (let step = 0; step < STEPS; step += 1) {
    const moved = spots.map(([x, y]) => [-PULL * x, -PULL * y * (width / height)]);
    for (let a = 0; a < nodes; a += 1) {
      for (let b = a + 1; b < nodes; b += 1) push(moved, spots, a, b, (far) => (far < REACH * near ? (near * near) / far : 0));
    }
    for (const [a, b] of edges) push(moved, spots, a, b, (far) => -(far * far) / near);
    const heat = near * (1 - step / STEPS);
    spots.forEach((spot, i) => {
      const length = Math.hypot(...moved[i]) || 1;
      const scale = Math.min(length, heat) / length;
      spot[0] += moved[i][0] * scale;
      spot[1] += moved[i][1] * scale;
    });
  }
  return fitted(spots, width, height, across, down);
}

// Where the labels of nodes stand: [x, y, anchor], or null where each place would cover a node or another label.
// spots, widths: of each node and its label. The first nodes of `order` choose first.
export function labelled(spots, widths, order, width, height, high = 13) {
  const taken = spots.map(([x, y]) => [x - 9, y - 9, x + 9, y + 9]);
  const free = (box) => box[0] >= 0 && box[2] <= width && box[1] >= 0 && box[3] <= height
    && taken.every((one) => box[2] <= one[0] || one[2] <= box[0] || box[3] <= one[1] || one[3] <= box[1]);
  const told = spots.map(() => null);
  for (const i of order) {
    const [x, y] = spots[i];
    const half = widths[i] / 2;
    const places = [[x, y + 22, "middle", x - half], [x, y - 13, "middle", x - half], [x + 13, y + 4, "start", x + 13], [x - 13, y + 4, "end", x - 13 - widths[i]]];
    const found = places.map(([tx, ty, anchor, left]) => [tx, ty, anchor, [left, ty - high + 3, left + widths[i], ty + 3]]).find((place) => free(place[3]));
    if (!found) continue;
    taken.push(found[3]);
    told[i] = found.slice(0, 3);
  }
  return told;
}

// The same picture, moved and scaled into the frame.
function fitted(spots, width, height, across, down) {
  const axis = (place, length, margin) => {
    const all = spots.map((spot) => spot[place]);
    const low = Math.min(...all);
    const span = Math.max(...all) - low;
    return (value) => (span < 1e-6 ? length / 2 : margin + ((value - low) / span) * (length - 2 * margin));
  };
  const x = axis(0, width, across);
  const y = axis(1, height, down);
  return spots.map((spot) => [x(spot[0]), y(spot[1])]);
}

// A force between two nodes: positive drives them apart.
function push(moved, spots, a, b, force) {
  const x = spots[a][0] - spots[b][0] || 0.01 * (a - b);
  const y = spots[a][1] - spots[b][1];
  const far = Math.max(0.01, Math.hypot(x, y));
  const part = force(far) / far;
  moved[a][0] += x * part;
  moved[a][1] += y * part;
  moved[b][0] -= x * part;
  moved[b][1] -= y * part;
}
