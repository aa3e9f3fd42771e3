extension ExplorePage {
  /// The arithmetic of the page, and its comparison with the library's numbers.
  static let arithmetic = #"""
    const lse = v => { const m = Math.max(...v); return m + Math.log(v.reduce((s, x) => s + Math.exp(x - m), 0)); };
    const softmax = v => { const z = lse(v); return v.map(x => Math.exp(x - z)); };
    const chunk = (v, n) => Array.from({ length: v.length / n }, (_, i) => v.slice(n * i, n * i + n));
    const logs = T.probabilities.map(Math.log);
    const relaxed = (noise, tau) => softmax(noise.map((g, i) => (g + logs[i]) / tau));
    const logDensity = (y, tau) => Math.log(2) + 2 * Math.log(tau)
      + y.reduce((s, v, i) => s + logs[i] - (tau + 1) * Math.log(v), 0)
      - 3 * lse(y.map((v, i) => logs[i] - tau * Math.log(v)));
    // The score of class z is the one-hot vector less the probabilities.
    function variance(B) {
      const p = T.probabilities, f = T.costs, mean = [0, 0, 0]; let square = 0;
      for (let z = 0; z < 3; z++) for (let i = 0; i < 3; i++) {
        const g = (f[z] - B) * ((i === z ? 1 : 0) - p[i]);
        mean[i] += p[z] * g; square += p[z] * g * g;
      }
      return square - mean.reduce((s, m) => s + m * m, 0);
    }
    // The variance of GRPO in groups of two, and its mean: every pair of classes.
    function grpo() {
      const p = T.probabilities, f = T.costs, mean = [0, 0, 0]; let square = 0;
      for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) {
        const half = (f[a] - f[b]) / 2, unit = half / (Math.abs(half) * Math.SQRT2 + 1e-6);
        for (let i = 0; i < 3; i++) {
          const g = unit * ((i === a ? 1 : 0) - (i === b ? 1 : 0)) / 2;
          mean[i] += p[a] * p[b] * g; square += p[a] * p[b] * g * g;
        }
      }
      return { mean, variance: square - mean.reduce((s, m) => s + m * m, 0) };
    }
    // Degrees between the mean of GRPO and the gradient.
    function angle() {
      const p = T.probabilities, f = T.costs, level = f.reduce((s, v, i) => s + v * p[i], 0);
      const exact = f.map((v, i) => p[i] * (v - level)), { mean } = grpo();
      const dot = (a, b) => a.reduce((s, v, i) => s + v * b[i], 0);
      return Math.acos(dot(exact, mean) / Math.sqrt(dot(exact, exact) * dot(mean, mean))) * 180 / Math.PI;
    }
    // The variance is a parabola in B.
    const bestBaseline = () => {
      const a = (variance(1) + variance(-1)) / 2 - variance(0), b = (variance(1) - variance(-1)) / 2;
      return -b / (2 * a);
    };
    function orderProbability(order) {
      let rest = T.scores.reduce((a, b) => a + b), p = 1;
      for (const item of order) { p *= T.scores[item] / rest; rest -= T.scores[item]; }
      return p;
    }
    const sorted = g => [0, 1, 2, 3].sort((a, b) => Math.log(T.scores[b]) + g[b] - Math.log(T.scores[a]) - g[a]);
    function sequential(u) {
      const left = [0, 1, 2, 3], order = [];
      for (const v of u) {
        let rest = v * left.reduce((s, i) => s + T.scores[i], 0), at = 0;
        while (at < left.length - 1 && rest >= T.scores[left[at]]) rest -= T.scores[left[at++]];
        order.push(left.splice(at, 1)[0]);
      }
      return order;
    }
    const noise = chunk(T.noise, 3), orders = chunk(T.orders, 4);
    const orderNoise = chunk(T.orderNoise, 4), uniforms = chunk(T.orderUniforms, 4);
    function neuralSort(s, tau) {
      const n = s.length, sum = s.map(a => s.reduce((t, b) => t + Math.abs(a - b), 0));
      return s.flatMap((_, r) => softmax(s.map((a, j) => ((n - 1 - 2 * r) * a - sum[j]) / tau)));
    }
    // Compares every number of the page with the library's: their count, and the differing ones.
    function check() {
      let count = 0; const wrong = [];
      const near = (name, a, b, tolerance) => {
        count++;
        if (!(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)))) wrong.push(name + " " + a + " not " + b);
      };
      T.densities.forEach(d => near("density", logDensity(d.slice(1, 4), d[0]), d[4], 1e-4));
      chunk(T.relaxedNoise, 3).forEach((y, i) => relaxed(noise[i], T.temperatures[12]).forEach((v, j) => near("sample", v, y[j], 1e-5)));
      T.baselines.forEach(([B, v, half]) => near("variance", variance(B), v, 3 * half / Math.max(1, v)));
      [grpo().variance, ...grpo().mean].forEach((v, i) => near("GRPO", v, T.grpo[i], 0.03));
      orders.forEach((o, i) => near("order", orderProbability(o), T.orderProbabilities[i], 1e-5));
      T.temperatures.forEach((t, i) => neuralSort(T.items, t).forEach((v, j) => near("NeuralSort", v, T.neuralSort[i][j], 1e-5)));
      T.sinkhorn.forEach(m => chunk(m, 5).forEach(r => near("row", r.reduce((a, b) => a + b), 1, 1e-5)));
      return { count, wrong };
    }
    """#

  static let script = #"""
    const $ = id => document.getElementById(id);
    const css = name => "var(--" + name + ")";
    const shades = [[243, 247, 252], [195, 218, 238], [107, 174, 214], [33, 113, 181], [8, 48, 107]];
    function shade(t) {
      const x = 4 * Math.min(1, Math.max(0, t)), i = Math.min(3, Math.floor(x));
      return "rgb(" + shades[i].map((v, c) => Math.round(v + (x - i) * (shades[i + 1][c] - v))).join() + ")";
    }
    const el = (name, attributes, text) => "<" + name + Object.entries(attributes).map(([k, v]) => " " + k + '="' + v + '"').join("") + ">" + (text ?? "") + "</" + name + ">";
    const number = x => x === 0 ? "0" : Math.abs(x) >= 1e-3 && Math.abs(x) < 1e4 ? String(+x.toPrecision(3)) : x.toExponential(1);
    const corners = [[30, 265], [290, 265], [160, 40]];
    const place = y => [0, 1].map(c => y.reduce((s, v, i) => s + v * corners[i][c], 0));
    const frame = el("polygon", { points: corners.join(" "), fill: "none", stroke: css("axis") })
      + ["class 1", "class 2", "class 3"].map((t, i) => el("text", { x: corners[i][0], y: corners[i][1] + (i < 2 ? 20 : -8), "text-anchor": "middle" }, t)).join("");
    function drawSimplex(index) {
      const tau = T.temperatures[index], n = 30, cells = [];
      for (let i = 0; i < n; i++) for (let j = 0; i + j < n; j++) for (const up of i + j < n - 1 ? [1, -1] : [1]) {
        const o = up > 0 ? 1 / 3 : 2 / 3, a = i + o, b = j + o;
        const at = (x, y) => place([(a + up * x) / n, (b + up * y) / n, 1 - (a + up * x + b + up * y) / n]).map(v => v.toFixed(1));
        const y = [a / n, b / n, 1 - (a + b) / n];
        cells.push({ log: logDensity(y, tau), points: [at(-1 / 3, -1 / 3), at(2 / 3, -1 / 3), at(-1 / 3, 2 / 3)].join(" ") });
      }
      const most = cells.map(c => c.log).sort((a, b) => a - b)[Math.floor(cells.length * .99)];
      $("density").innerHTML = cells.map(c => { const s = shade(1 + (c.log - most) / 6); return el("polygon", { points: c.points, fill: s, stroke: s, "stroke-width": .6 }); }).join("") + frame;
      $("samples").innerHTML = frame + noise.map(g => { const [x, y] = place(relaxed(g, tau)); return el("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 2, fill: css("s0"), "fill-opacity": .72 }); }).join("");
      $("expectation").innerHTML = T.expectations[index].map((e, i) => [[e, "s0"], [T.probabilities[i], "s1"]].map(([v, c], k) =>
        el("rect", { x: 30 + 95 * i + 38 * k, y: 260 - 220 * v, width: 34, height: 220 * v, fill: css(c) })
        + el("text", { x: 47 + 95 * i + 38 * k, y: 254 - 220 * v, "text-anchor": "middle" }, v.toFixed(2))).join("")
        + el("text", { x: 66 + 95 * i, y: 280, "text-anchor": "middle" }, "class " + (i + 1))).join("");
    }
    // Curves over the temperature, both axes logarithmic.
    function drawErrors(index) {
      const k = Math.round(10 ** $("k").value); $("kText").value = k;
      const total = rows => rows.map(([b, v]) => b * b + v / k);
      const curves = [["relaxed", total(T.soft), "s0", ""], ["straight-through", total(T.hard), "s1", "6 4"], ["bias² of relaxed", T.soft.map(r => r[0] ** 2), "s2", "2 3"]];
      const all = curves.flatMap(c => c[1]).filter(v => v > 0), low = Math.log10(Math.min(...all)), high = Math.log10(Math.max(...all));
      const x = i => 70 + 640 * i / 30, y = v => 250 - 220 * (Math.log10(v) - low) / (high - low || 1);
      let out = el("line", { x1: x(index), x2: x(index), y1: 20, y2: 255, stroke: css("axis"), "stroke-dasharray": "4 3" });
      for (let e = Math.ceil(low); e <= high; e++) out += el("line", { x1: 65, x2: 710, y1: y(10 ** e), y2: y(10 ** e), stroke: css("grid") }) + el("text", { x: 60, y: y(10 ** e) + 4, "text-anchor": "end" }, number(10 ** e));
      for (const t of [.1, 1, 10]) { const at = 70 + 640 * Math.log(t / T.temperatures[0]) / Math.log(T.temperatures[30] / T.temperatures[0]); out += el("text", { x: at, y: 275, "text-anchor": "middle" }, t) + el("line", { x1: at, x2: at, y1: 252, y2: 258, stroke: css("axis") }); }
      curves.forEach(([name, v, c, dash], n) => { out += el("polyline", { points: v.map((w, i) => x(i) + "," + y(w)).join(" "), fill: "none", stroke: css(c), "stroke-width": 2.5, "stroke-dasharray": dash }) + el("text", { x: 722, y: 40 + 22 * n, style: "fill:" + css(c) }, name + ": " + number(v[index])); });
      $("errors").innerHTML = out + el("text", { x: 390, y: 295, "text-anchor": "middle" }, "temperature; upwards the squared error");
      const soft = curves[0][1], best = soft.indexOf(Math.min(...soft));
      $("best").textContent = "With " + k + (k === 1 ? " sample" : " samples") + " the relaxed gradient is best at temperature " + number(T.temperatures[best]) + ".";
    }
    function drawVariances() {
      const B = +$("b").value, mean = T.costs.reduce((s, f, i) => s + f * T.probabilities[i], 0); $("bText").value = number(B);
      const bars = [["B = " + number(B), variance(B)], ["no baseline, B = 0", variance(0)], ["B = mean cost " + number(mean), variance(mean)], ["best B = " + number(bestBaseline()), variance(bestBaseline())], ["two samples, leave-one-out, measured", T.leaveOneOut], ["two samples, GRPO", grpo().variance]];
      const most = Math.max(...bars.map(b => b[1]));
      $("variances").innerHTML = bars.map(([name, v], i) => el("text", { x: 285, y: 31 + 40 * i, "text-anchor": "end" }, name) + el("rect", { x: 295, y: 14 + 40 * i, width: 500 * v / most, height: 26, fill: css(i ? "s0" : "s1") }) + el("text", { x: 302 + 500 * v / most, y: 31 + 40 * i }, number(v))).join("");
    }
    $("angle").textContent = "GRPO divides by the deviation of its own costs and is biased: here its mean is " + number(angle()) + " degrees off the gradient.";
    const counts = [orders.map(() => 0), orders.map(() => 0)]; let draws = 0;
    function drawOrders(more) {
      let last = null;
      for (let i = 0; i < more && draws < 400; i++, draws++) {
        last = [sequential(uniforms[draws]), sorted(orderNoise[draws])];
        last.forEach((o, s) => counts[s][orders.findIndex(p => p.join() === o.join())]++);
      }
      const name = o => o.map(i => i + 1).join("");
      $("drawn").value = draws + " of 400" + (last ? "; last " + last.map(name).join(" and ") : "");
      const all = T.orderProbabilities.concat(draws ? counts.flat().map(c => c / draws) : []), most = Math.max(...all), h = v => 230 * v / most;
      $("law").innerHTML = [0, .05, .1, .15, .2, .25].filter(v => v <= most).map(v => el("line", { x1: 44, x2: 915, y1: 250 - h(v), y2: 250 - h(v), stroke: css("grid") })
          + el("text", { x: 38, y: 254 - h(v), "text-anchor": "end" }, v)).join("")
        + orders.map((o, i) => { const x = 50 + 36 * i; return [T.orderProbabilities[i], ...counts.map(c => draws ? c[i] / draws : 0)].map((v, s) => el("rect", { x: x + 10 * s, y: 250 - h(v), width: 9, height: h(v), fill: css("s" + (s === 0 ? 3 : s - 1)) })).join("") + el("text", { x: x + 14, y: 266, "text-anchor": "middle", style: "font-size:10px" }, name(o)); }).join("")
        + ["exact", "place by place", "Gumbel noise, sorted"].map((t, s) => el("rect", { x: 300 + 170 * s, y: 10, width: 14, height: 14, fill: css("s" + (s === 0 ? 3 : s - 1)) }) + el("text", { x: 320 + 170 * s, y: 22 }, t)).join("")
        + el("text", { x: 480, y: 285, "text-anchor": "middle" }, "order of the items; upwards its share");
    }
    const drawMatrix = (id, m) => $(id).innerHTML = m.map((v, i) => el("rect", { x: 35 + 54 * (i % 5), y: 30 + 54 * Math.floor(i / 5), width: 52, height: 52, fill: shade(v), stroke: css("axis"), "stroke-width": .5 }) + el("text", { x: 61 + 54 * (i % 5), y: 61 + 54 * Math.floor(i / 5), "text-anchor": "middle", style: "fill:" + (v > .45 ? "#fff" : "#1d2430") }, v.toFixed(2))).join("")
      + T.items.map((s, i) => el("text", { x: 61 + 54 * i, y: 20, "text-anchor": "middle" }, s.toFixed(1)) + el("text", { x: 25, y: 61 + 54 * i, "text-anchor": "end" }, i + 1)).join("");
    function draw() {
      const i = +$("temperature").value; $("tau").value = number(T.temperatures[i]);
      drawSimplex(i); drawErrors(i); drawMatrix("neural", T.neuralSort[i]); drawMatrix("plan", T.sinkhorn[i]);
    }
    $("temperature").oninput = draw; $("k").oninput = () => drawErrors(+$("temperature").value); $("b").oninput = drawVariances;
    $("one").onclick = () => drawOrders(1); $("many").onclick = () => drawOrders(100);
    draw(); drawVariances(); drawOrders(0);
    const found = check();
    document.body.dataset.checked = found.wrong.length ? "failed: " + found.wrong[0] : "ok " + found.count;
    $("state").textContent = found.wrong.length ? "Not everything agrees: " + found.wrong[0] : found.count + " numbers agree with the library's.";
    """#
}
