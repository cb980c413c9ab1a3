"""X-ray spectra in the files of OGIP: counts (PHA), response (RMF), effective area (ARF).

    spectrum, background = read_spectrum("source.pi"), read_spectrum("source_bkg.pi")
    response = read_response("source.rmf", "source.arf")
    from_source = response.fold(photons) * spectrum.exposure_s * spectrum.area_scale
    from_background = background_ratio(spectrum, background) * background.counts

The formats are those of memos OGIP/92-007 (spectra) and CAL/GEN/92-002 (responses). A file that contradicts
itself is an error, never a guess.
"""

from .response import Response, read_response
from .spectrum import Spectrum, background_ratio, read_spectrum

__all__ = ["Response", "Spectrum", "background_ratio", "read_response", "read_spectrum"]
