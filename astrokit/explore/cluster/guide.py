"""The guide of the cluster explorer: one screen of HTML."""

GUIDE = """
<h4>What you see</h4>
<p>A map on which each source has a place and the colour of its cluster, grey where it is in none, and panels
about the clusters. They are found in the points that were given, which may have more dimensions than the map:
what lies together on the map can belong to two clusters.</p>
<h4>What to do</h4>
<ul>
<li><b>clusters</b>: move a slider, and the map follows. <i>min_cluster_size</i>, <i>epsilon</i>, the choice
of branches and <i>probability</i> answer at once; <i>min_samples</i> grows a new tree, with a bar and a
cancel. Choose a cluster and type a name: it stays with its sources, and stands on the map and in its
legend.</li>
<li><b>tree</b>: what the clusters are cut from. Click a branch to select its sources; select on the map, and
the branches that hold them light up.</li>
<li><b>stability</b>: draw the sources again and again, and see which clusters come back.</li>
<li><b>quality</b>: how far clusters hold apart, and how they agree with known classes.</li>
<li><b>candidates</b>: the sources of a cluster, or of the selection, as a file.</li>
</ul>
<p>All of it works by keyboard: Tab to a control, arrows to move it; <i>up</i>, <i>larger half</i> and
<i>smaller half</i> walk through the tree; on the map, ? lists its keys.</p>
<h4>Be careful</h4>
<ul>
<li>Every method finds clusters, in noise too. Believe those that come back, and that mean something.</li>
<li>A probability says how firmly a source belongs to a cluster, given the clusters; not that these are
real.</li>
<li>Above 50,000 sources a sample is fitted and the rest assigned: a cluster with a handful of sources in the
sample is not seen.</li>
</ul>
"""
