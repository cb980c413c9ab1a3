"""The guide of the latent explorer: one screen of HTML."""

GUIDE = """
<h4>What you see</h4>
<p>A map on which each source has a place, and panels about the selected sources, or all where none are.
Sources that lie together on the map may be alike in the latents, or may only look so: <b>trust</b> says
which, and selects the least trusted.</p>
<h4>What to do</h4>
<ul>
<li><b>Select</b> with the lasso (L) or the box (B) of the map. All panels follow, and the legend counts
the selected of each class; U undoes.</li>
<li><b>Rest the pointer</b> on a source, or type its number: <b>details</b> and <b>trust</b> show
it.</li>
<li><b>decoder</b>: move along a latent, or on the way from one selection to another. A dashed line stays
where you came from.</li>
<li><b>outliers</b>: see the strangest first, say what is boring or interesting, and the rest is ranked
again.</li>
<li><b>meaning</b>: which latent goes with which measured property; the map takes either as its colour.</li>
</ul>
<p>All of it works by keyboard: Tab to a control, arrows to move it; on the map, ? lists its keys.</p>
<h4>Be careful</h4>
<ul>
<li>Distances, sizes and empty space of a projection mean little; neighbours mean something where trust is
high.</li>
<li>Off the support of the data a decoder invents. The panel warns, and names the nearest sources.</li>
<li>A correlation of a latent with a property is no cause.</li>
</ul>
"""
