"""The HTML of the gallery's index, a Jinja template that escapes all it is given."""

TEMPLATE = """\
{%- macro numbers(table, rows, caption) -%}
<div class="scroll" tabindex="0">
<table>
  {%- if caption and table.kind %}
  <caption><span class="badge {{ "real" if table.kind == "real" else "simulated" }}">{{ table.kind }}</span>
    {{ table.data }}{{ ", beside the paper" if table.beside_paper }}</caption>
  {%- endif %}
  <thead><tr><th scope="col">number</th>
    {%- if table.beside_paper %}<th scope="col">here{{ ", " ~ table.kind if table.kind }}</th>
    {%- else %}<th scope="col">value</th>{% endif %}
    {%- if table.has_intervals %}<th scope="col">interval</th>{% endif %}
    {%- if table.beside_paper %}<th scope="col">paper</th>{% endif %}</tr></thead>
  <tbody>
  {%- for number in rows %}
  <tr><th scope="row" title="{{ number.key }}">{{ number.label }}</th><td>{{ number.value }}</td>
    {%- if table.has_intervals %}<td class="interval">{{ number.interval }}</td>{% endif %}
    {%- if table.beside_paper %}<td>{{ number.paper }}</td>{% endif %}</tr>
  {%- endfor %}
  </tbody>
</table>
</div>
{%- endmacro -%}
{%- macro text(words) -%}
{%- for element, piece in words | pieces -%}
{%- if element == "sub" %}<sub>{{ piece }}</sub>
{%- elif element == "sup" %}<sup>{{ piece }}</sup>
{%- else %}{{ piece }}{% endif -%}
{%- endfor -%}
{%- endmacro -%}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:;
  style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>astrokit gallery</title>
<style>
{% include "gallery.css" %}
</style>
</head>
<body>
<header>
  <h1>astrokit</h1>
  <p>{{ n_ok }} of {{ cards | length }} notebooks ran to their end &middot; <time>{{ made_at }}</time></p>
</header>
<main>
{%- for card in cards %}
{%- set record = card.record %}
{%- set address = (record.notebook | urlencode) %}
{%- set page = address ~ "/notebook.html" if card.has_notebook and not card.page_error else "" %}
<article class="card {{ record.status }}">
  {%- if card.figures %}
  <a class="hero"{% if page %} href="{{ page }}"{% endif %}>
    <img src="{{ card.figures[0].src }}" alt="{{ card.figures[0].alt }}">
  </a>
  {%- endif %}
  <div class="body">
    <p class="badges">
      <span class="badge status">{{ record.status }}</span>
      {%- if card.data %}
      {%- set kind = "simulated" if "simulated" in card.data else "real" %}
      <span class="badge {{ kind }}">{{ card.data }} data</span>
      {%- endif %}
      {%- if card.about.level %}
      <span class="badge">{{ card.about.level }}</span>
      {%- endif %}
    </p>
    {%- if page %}
    <h2><a href="{{ page }}">{{ text(card.about.title) }}</a></h2>
    {%- else %}
    <h2>{{ text(card.about.title) }}</h2>
    {%- endif %}
    {%- if card.about.summary %}
    <p class="summary">{{ text(card.about.summary) }}</p>
    {%- endif %}
    {%- if card.error %}
    <p class="error">{{ card.error }}</p>
    {%- endif %}
    {%- if card.page_error %}
    <p class="error">No page: {{ card.page_error }}</p>
    {%- endif %}
    {%- for table in card.tables %}
    {{ numbers(table, table.shown, true) }}
    {%- if table.folded %}
    <details>
      <summary>{{ table.folded | length }} more</summary>
      {{ numbers(table, table.folded, false) }}
    </details>
    {%- endif %}
    {%- endfor %}
    {%- if card.figures | length > 1 %}
    <div class="strip">
      {%- for figure in card.figures[1:] %}
      <img src="{{ figure.src }}" alt="{{ figure.alt }}" title="{{ figure.alt }}">
      {%- endfor %}
    </div>
    {%- endif %}
    <p class="facts">
      {{ "%.1f" | format(record.seconds) }} s &middot; {{ "%.0f" | format(record.peak_rss_mb) }} MB
      {%- if card.parameters %} &middot; {{ card.parameters }}{% endif %}
      <br>{{ record.started_at[:16] | replace("T", " ") }} UTC
      {%- if record.git_commit %} &middot; {{ record.git_commit[:10] }}{% endif %}
    </p>
    {%- if record.data %}
    <ul class="data">
      {%- for used in record.data %}
      <li><b>{{ "simulated" if used.simulated else "real" }}</b>, {{ used.role | replace("_", " ") }}:
        {{ used.name }}{% if used.citation %} &mdash; {{ used.citation }}{% endif %}</li>
      {%- endfor %}
    </ul>
    {%- endif %}
    <p class="links">
      {%- if page %}<a href="{{ page }}">read</a>{% endif %}
      {%- if card.has_notebook %}<a href="{{ address }}/notebook.ipynb">notebook</a>{% endif %}
      <a href="{{ address }}/record.json">record</a>
      {%- if card.last_ok %}
      <a href="{{ address }}/{{ card.last_ok }}/notebook.ipynb">last good run</a>
      {%- endif %}
    </p>
  </div>
</article>
{%- else %}
<p>Nothing has run yet: <code>astrokit run --all --gallery</code></p>
{%- endfor %}
</main>
</body>
</html>
"""
