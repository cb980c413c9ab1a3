"""The guide of the attribution explorer: one screen of HTML."""

GUIDE = """
<h4>What you see</h4>
<p>A model's answer for each source, shared out among its features: the base value and the Shapley values of a
source add up to the answer. The panels show them for the selected sources, beside those that are not
selected or beside a selection that you kept.</p>
<h4>What to do</h4>
<ul>
<li><b>Select</b> with the lasso (L) or the box (B) of the map. All panels follow; U undoes.</li>
<li><b>importance</b>: which features matter here, with intervals. <b>Click on a bar</b>: the map takes the
colour of that feature's Shapley value.</li>
<li><b>beeswarm</b>: how the values are spread, blue where the feature itself is low, orange where it is high.
<b>Draw a range</b> in a row, or type it: those sources are selected.</li>
<li><b>dependence</b>: a feature against its Shapley value, coloured by the feature that it interacts with
most.</li>
<li><b>one source</b>: rest the pointer on a source, or type its number; step by step to its answer.</li>
<li><b>keep</b> the selection under a name, select others, and compare the two with <b>against</b>.</li>
</ul>
<p>All of it works by keyboard: Tab to a control, arrows to move it; choose a feature and press
<b>colour the map</b>. On the map, ? lists its keys.</p>
<h4>Be careful</h4>
<ul>
<li>A Shapley value says what the model does, not what nature does; correlated features share it.</li>
<li>Intervals are over sources, or over the groups that you gave: rows of one source say one thing. Each
interval stands by itself; of 20 features one may differ by chance.</li>
<li>Columns grow with the square root of the share of sources; the first and the last hold all beyond.</li>
</ul>
"""
