/* Reads a raster by CUPS' own reader and writes it as plain text headers and bytes, for the test beside it.
 *
 * For each page: a line of text with the numbers of the header, then the pixels as they come. */
#include <cups/raster.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
  cups_page_header2_t h;
  int fd;
  cups_raster_t *raster;
  unsigned char *line;
  unsigned y;

  if (argc != 2 || (fd = open(argv[1], O_RDONLY)) < 0)
    return 2;
  if (!(raster = cupsRasterOpen(fd, CUPS_RASTER_READ)))
  {
    fprintf(stderr, "no raster: %s\n", cupsRasterErrorString());
    return 3;
  }
  while (cupsRasterReadHeader2(raster, &h))
  {
    printf("width=%u height=%u bits=%u pixel=%u line=%u space=%u colors=%u x=%u y=%u pages=%u order=%u points=%ux%u "
           "type=%s\n",
           h.cupsWidth, h.cupsHeight, h.cupsBitsPerColor, h.cupsBitsPerPixel, h.cupsBytesPerLine, h.cupsColorSpace,
           h.cupsNumColors, h.HWResolution[0], h.HWResolution[1], h.cupsInteger[0], h.cupsColorOrder,
           h.PageSize[0], h.PageSize[1], h.MediaType);
    if (!(line = malloc(h.cupsBytesPerLine)))
      return 4;
    for (y = 0; y < h.cupsHeight; y ++)
    {
      if (cupsRasterReadPixels(raster, line, h.cupsBytesPerLine) != h.cupsBytesPerLine)
      {
        fprintf(stderr, "line %u can't be read: %s\n", y, cupsRasterErrorString());
        return 5;
      }
      fwrite(line, 1, h.cupsBytesPerLine, stdout);
    }
    free(line);
  }
  cupsRasterClose(raster);
  close(fd);
  return 0;
}
