extension ExplorePage {
  static let style = #"""
    *{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);
    font:clamp(16px,1.4vw,24px)/1.45 system-ui,Helvetica,Arial,sans-serif}
    header,section,footer{max-width:1500px;margin:auto;padding:1.2em 4vw}
    section{border-top:1px solid var(--grid)}h1{margin:.3em 0}h2{margin:.2em 0}
    p{margin:.3em 0;max-width:60em}.quiet{color:var(--quiet)}
    .row{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(300px,100%),1fr));gap:1.5em}
    figure{margin:0;max-width:34rem}svg{width:100%;height:auto;display:block}
    .wide{overflow-x:auto}.wide svg{min-width:720px}
    label{display:block;margin:.5em 0}input[type=range]{width:min(100%,34em);accent-color:var(--s0)}
    output{font-weight:bold;font-variant-numeric:tabular-nums}button{font:inherit;padding:.3em 1em}
    svg text{fill:var(--ink);font-size:13px}
    nav{position:sticky;top:0;background:var(--paper);padding:.5em 4vw;border-bottom:1px solid var(--grid);z-index:1}
    """#

  static let body = #"""
    <header><h1>Gradients through discrete variables</h1>
    <p>Every number here is computed by the library swift-discrete or, where it follows a slider, by
    formulas that this page checks against the library's. <span id="state" class="quiet"></span></p></header>
    <nav><label>temperature <output id="tau"></output>
    <input id="temperature" type="range" min="0" max="30" value="15" aria-label="temperature"></label></nav>
    <section id="simplex"><h2>The simplex</h2>
    <p>Three classes with probabilities 0.60, 0.25, 0.15. At a low temperature samples are almost one-hot; at
    a high one each is close to the middle.</p><div class="row">
    <figure><figcaption>density; darker is more</figcaption><svg id="density" viewBox="0 0 320 300" role="img" aria-label="density"></svg></figure>
    <figure><figcaption>600 samples</figcaption><svg id="samples" viewBox="0 0 320 300" role="img" aria-label="samples"></svg></figure>
    <figure><figcaption>expectation, beside the probabilities</figcaption><svg id="expectation" viewBox="0 0 320 300" role="img" aria-label="expectation"></svg></figure>
    </div></section>
    <section id="tradeoff"><h2>Bias and variance</h2>
    <p>Of gradients in three logits; the mean of k samples has the squared error bias² + variance / k.</p>
    <label>samples k <output id="kText"></output> <input id="k" type="range" min="0" max="4" step="0.1" value="0" aria-label="samples"></label>
    <p id="best"></p><div class="wide"><svg id="errors" viewBox="0 0 900 300" role="img" aria-label="errors against temperature"></svg></div></section>
    <section id="reinforce"><h2>REINFORCE and its control variates</h2>
    <p>The variance of (f(z) - B) ∇ log q(z), summed over the logits. The mean does not depend on B.</p>
    <label>baseline B <output id="bText"></output> <input id="b" type="range" min="-2" max="7" step="0.05" value="0" aria-label="baseline"></label>
    <div class="wide"><svg id="variances" viewBox="0 0 900 260" role="img" aria-label="variances"></svg></div>
    <p id="angle"></p></section>
    <section id="orders"><h2>Plackett-Luce, two samplers</h2>
    <p>Four items with scores 0.4, 0.3, 0.2, 0.1: place by place without replacement, or by sorting log-scores
    with Gumbel noise. Both have the same law.</p>
    <p><button id="one">Draw one of each</button> <button id="many">Draw 100</button> <output id="drawn"></output></p>
    <div class="wide"><svg id="law" viewBox="0 0 920 290" role="img" aria-label="shares of orders"></svg></div></section>
    <section id="sort"><h2>A relaxed permutation</h2>
    <p>Rows are places, columns are items with scores 1.2, -0.4, 2.1, 0.3, 0.9; darker is more.</p><div class="row">
    <figure><figcaption>NeuralSort: rows add up to one</figcaption><svg id="neural" viewBox="0 0 320 320" role="img" aria-label="NeuralSort"></svg></figure>
    <figure><figcaption>Sinkhorn: rows and columns do</figcaption><svg id="plan" viewBox="0 0 320 320" role="img" aria-label="Sinkhorn"></svg></figure>
    </div></section>
    <footer class="quiet">Arrow keys move a slider that has the focus.</footer>
    """#
}
